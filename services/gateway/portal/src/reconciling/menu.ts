import { IconFileCheck } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  { label: "menu.reconciliations", to: "/reconciliations", icon: IconFileCheck, shownTo: (me) => me.kind === "supplier", place: 48 },
  {
    label: "menu.reconciliations",
    to: "/reconciliations",
    icon: IconFileCheck,
    shownTo: (me) => me.kind === "customer",
    place: 38,
    group: "groups.documents",
  },
];
