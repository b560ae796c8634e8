import { IconSettings } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  // S-006: the fourth entry of a supplier, and by this name.
  {
    label: "menu.supplierSettings",
    to: "/settings",
    icon: IconSettings,
    shownTo: (me) => me.kind === "supplier",
    place: 40,
  },
  {
    label: "menu.settings",
    to: "/settings",
    icon: IconSettings,
    shownTo: (me) => me.kind === "customer" || me.kind === "operator",
    place: 900,
  },
];
