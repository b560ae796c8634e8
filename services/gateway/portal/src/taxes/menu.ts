import { IconReceiptTax } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  { label: "menu.taxInvoices", to: "/tax-invoices", icon: IconReceiptTax, shownTo: (me) => me.kind === "supplier", place: 46 },
  { label: "menu.taxInvoices", to: "/tax-invoices", icon: IconReceiptTax, shownTo: (me) => me.kind === "operator", place: 23 },
  {
    label: "menu.taxInvoices",
    to: "/tax-invoices",
    icon: IconReceiptTax,
    shownTo: (me) => me.kind === "customer",
    place: 35,
    group: "groups.documents",
  },
];
