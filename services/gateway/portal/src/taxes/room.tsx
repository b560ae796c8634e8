import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "tax-invoices", lazy: async () => ({ Component: (await import("@/taxes/TaxInvoicesPage")).TaxInvoicesPage }) },
    { path: "tax-invoices/:taxId", lazy: async () => ({ Component: (await import("@/taxes/TaxInvoicePage")).TaxInvoicePage }) },
  ],
};
