import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "goods-movements", lazy: async () => ({ Component: (await import("@/goods/MovementsPage")).MovementsPage }) },
    { path: "orders-statement", lazy: async () => ({ Component: (await import("@/goods/StatementPage")).StatementPage }) },
  ],
};
