import { IconFileInvoice, IconScale } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
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
];
