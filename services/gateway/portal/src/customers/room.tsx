import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "customers", lazy: async () => ({ Component: (await import("@/customers/CustomersPage")).CustomersPage }) },
    {
      path: "customers/register",
      lazy: async () => ({ Component: (await import("@/customers/RegisterCustomerPage")).RegisterCustomerPage }),
    },
    {
      path: "customers/:partnershipId",
      lazy: async () => ({ Component: (await import("@/customers/CustomerPage")).CustomerPage }),
    },
  ],
};
