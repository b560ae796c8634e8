import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "invoices", lazy: async () => ({ Component: (await import("@/invoices/InvoicesPage")).InvoicesPage }) },
    { path: "invoices/new", lazy: async () => ({ Component: (await import("@/invoices/NewInvoicePage")).NewInvoicePage }) },
    { path: "invoices/:invoiceId", lazy: async () => ({ Component: (await import("@/invoices/InvoicePage")).InvoicePage }) },
    {
      path: "invoices/:invoiceId/edit",
      lazy: async () => ({ Component: (await import("@/invoices/EditInvoicePage")).EditInvoicePage }),
    },
    { path: "balances/:partnerId", lazy: async () => ({ Component: (await import("@/invoices/BalancePage")).BalancePage }) },
  ],
};
