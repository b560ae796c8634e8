import { IconReportAnalytics, IconTruckDelivery } from "@tabler/icons-react";
import type { MenuEntry } from "@/menu";

export const menu: MenuEntry[] = [
  {
    label: "menu.goods",
    to: "/goods-movements",
    icon: IconTruckDelivery,
    shownTo: (me) => me.kind === "supplier",
    place: 52,
  },
  {
    label: "menu.goodsIssues",
    to: "/goods-movements",
    icon: IconTruckDelivery,
    shownTo: (me) => me.kind === "customer",
    place: 21,
    group: "groups.documents",
  },
  {
    label: "menu.statement",
    to: "/orders-statement",
    icon: IconReportAnalytics,
    shownTo: (me) => me.kind === "supplier",
    place: 54,
  },
  {
    label: "menu.statement",
    to: "/orders-statement",
    icon: IconReportAnalytics,
    shownTo: (me) => me.kind === "customer",
    place: 60,
    group: "groups.reports",
  },
];
