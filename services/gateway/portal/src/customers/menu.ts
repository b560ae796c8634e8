import { IconUsersGroup } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.customers",
    to: "/customers",
    icon: IconUsersGroup,
    shownTo: (me) => me.kind === "supplier",
    // After the four of S-006.
    place: 60,
  },
];
