import { IconShoppingCart } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.orders",
    to: "/orders",
    icon: IconShoppingCart,
    // The operator helps with orders as well, but does not begin with them.
    shownTo: (me) => me.kind === "supplier" || me.kind === "operator",
    place: 10,
  },
  {
    label: "menu.orders",
    to: "/orders",
    icon: IconShoppingCart,
    shownTo: (me) => me.kind === "customer",
    group: "groups.purchases",
    place: 10,
  },
];
