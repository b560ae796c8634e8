import { IconActivity } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.operations",
    to: "/operations",
    icon: IconActivity,
    shownTo: (me) => me.kind === "operator",
    place: 6,
  },
];
