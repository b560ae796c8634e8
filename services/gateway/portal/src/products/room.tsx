import type { Room } from "@/rooms";

export const room: Room = {
  routes: [{ path: "products", lazy: async () => ({ Component: (await import("@/products/ProductsPage")).ProductsPage }) }],
};
