import { IconGitCompare } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  { label: "menu.discrepancies", to: "/discrepancies", icon: IconGitCompare, shownTo: (me) => me.kind === "supplier", place: 48 },
  { label: "menu.discrepancies", to: "/discrepancies", icon: IconGitCompare, shownTo: (me) => me.kind === "operator", place: 24 },
  {
    label: "menu.discrepancies",
    to: "/discrepancies",
    icon: IconGitCompare,
    shownTo: (me) => me.kind === "customer",
    place: 48,
    group: "groups.reports",
  },
];
