import { IconBuildingFactory2 } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.suppliers",
    to: "/suppliers",
    icon: IconBuildingFactory2,
    shownTo: (me) => me.kind === "customer",
    place: 800,
  },
];
