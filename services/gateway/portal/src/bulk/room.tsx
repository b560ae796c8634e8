import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    {
      path: "invoices/bulk",
      lazy: async () => ({ Component: (await import("@/bulk/BulkPage")).BulkPage }),
    },
  ],
};
