import { IconStack2 } from "@tabler/icons-react";
import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    {
      path: "consolidated-invoices",
      lazy: async () => ({ Component: (await import("@/consolidation/ConsolidatedPage")).ConsolidatedPage }),
    },
    {
      path: "consolidated-invoices/runs",
      lazy: async () => ({ Component: (await import("@/consolidation/RunsPage")).RunsPage }),
    },
    {
      path: "consolidated-invoices/:consolidatedId",
      lazy: async () => ({ Component: (await import("@/consolidation/DocumentPage")).ConsolidatedDocumentPage }),
    },
  ],
  menu: [
    {
      label: "menu.consolidated",
      to: "/consolidated-invoices",
      icon: IconStack2,
      shownTo: (me) => me.kind === "operator",
      place: 22,
    },
    {
      label: "menu.consolidated",
      to: "/consolidated-invoices",
      icon: IconStack2,
      shownTo: (me) => me.kind === "customer",
      group: "groups.documents",
      place: 36,
    },
  ],
};
