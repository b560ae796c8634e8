import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    {
      path: "invoices/bulk",
      lazy: async () => ({ Component: (await import("@/bulk/BulkPage")).BulkPage }),
    },
    {
      path: "invoices/bulk/file",
      lazy: async () => ({ Component: (await import("@/bulk/FilePage")).FilePage }),
    },
  ],
};
