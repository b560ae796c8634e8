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
};
