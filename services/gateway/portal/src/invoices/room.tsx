import { IconFileInvoice, IconScale } from "@tabler/icons-react";
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
  menu: [
    {
      label: "menu.invoices",
      to: "/invoices",
      icon: IconFileInvoice,
      shownTo: (me) => me.kind === "supplier" || me.kind === "operator",
      place: 20,
    },
    {
      label: "menu.invoices",
      to: "/invoices",
      icon: IconFileInvoice,
      shownTo: (me) => me.kind === "customer",
      group: "groups.documents",
      place: 34,
    },
    { label: "menu.balances", to: "/balances", icon: IconScale, shownTo: (me) => me.kind === "supplier", place: 46 },
    {
      label: "menu.balances",
      to: "/balances",
      icon: IconScale,
      shownTo: (me) => me.kind === "customer",
      group: "groups.reports",
      place: 64,
    },
  ],
};
