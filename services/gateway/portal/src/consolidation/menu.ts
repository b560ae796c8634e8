import { IconStack2 } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.consolidated",
    to: "/consolidated-invoices",
    icon: IconStack2,
    shownTo: (me) => me.kind === "operator",
    place: 22,
  },
  {
    label: "menu.consolidated",
    to: "/consolidated-invoices",
    icon: IconStack2,
    shownTo: (me) => me.kind === "customer",
    group: "groups.documents",
    place: 36,
  },
];
