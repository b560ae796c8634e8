import { IconBuildingCommunity } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.organisations",
    to: "/organisations",
    icon: IconBuildingCommunity,
    shownTo: (me) => me.kind === "operator",
    place: 5,
  },
];
