import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "discrepancies", lazy: async () => ({ Component: (await import("@/discrepancies/DiscrepanciesPage")).DiscrepanciesPage }) },
    { path: "discrepancies/lines", lazy: async () => ({ Component: (await import("@/discrepancies/LinesPage")).LinesPage }) },
  ],
};
