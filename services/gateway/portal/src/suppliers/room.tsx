import type { Room } from "@/rooms";

const supplier = async (): Promise<{ Component: () => React.ReactNode }> => ({
  Component: (await import("@/suppliers/SupplierPage")).SupplierPage,
});

export const room: Room = {
  routes: [
    { path: "suppliers", lazy: async () => ({ Component: (await import("@/suppliers/SuppliersPage")).SuppliersPage }) },
    {
      path: "suppliers/add",
      lazy: async () => ({ Component: (await import("@/suppliers/AddSupplierPage")).AddSupplierPage }),
    },
    {
      path: "suppliers/register",
      lazy: async () => ({ Component: (await import("@/suppliers/RegisterSupplierPage")).RegisterSupplierPage }),
    },
    { path: "suppliers/:partnershipId", lazy: supplier },
    { path: "suppliers/:partnershipId/:part", lazy: supplier },
  ],
};
