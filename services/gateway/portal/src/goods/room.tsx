import { IconReportAnalytics, IconTruckDelivery } from "@tabler/icons-react";
import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "goods-movements", lazy: async () => ({ Component: (await import("@/goods/MovementsPage")).MovementsPage }) },
    { path: "orders-statement", lazy: async () => ({ Component: (await import("@/goods/StatementPage")).StatementPage }) },
  ],
  menu: [
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
  ],
};
