import { IconCash, IconReceiptRefund } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  { label: "menu.creditNotes", to: "/credit-notes", icon: IconReceiptRefund, shownTo: (me) => me.kind === "supplier", place: 45 },
  {
    label: "menu.creditNotes",
    to: "/credit-notes",
    icon: IconReceiptRefund,
    shownTo: (me) => me.kind === "customer",
    place: 36,
    group: "groups.documents",
  },
  { label: "menu.payments", to: "/payments", icon: IconCash, shownTo: (me) => me.kind === "supplier", place: 44 },
  {
    label: "menu.payments",
    to: "/payments",
    icon: IconCash,
    shownTo: (me) => me.kind === "customer",
    place: 18,
    group: "groups.purchases",
  },
];
