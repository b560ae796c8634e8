import { IconTag } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.products",
    to: "/products",
    icon: IconTag,
    shownTo: (me) => me.kind === "supplier",
    place: 50,
  },
  {
    label: "menu.priceLists",
    to: "/products",
    icon: IconTag,
    shownTo: (me) => me.kind === "customer",
    group: "groups.purchases",
    place: 15,
  },
];
