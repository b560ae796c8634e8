import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "orders", lazy: async () => ({ Component: (await import("@/orders/OrdersPage")).OrdersPage }) },
    { path: "orders/new", lazy: async () => ({ Component: (await import("@/orders/WritePages")).NewOrderPage }) },
    { path: "orders/:orderId/edit", lazy: async () => ({ Component: (await import("@/orders/WritePages")).EditOrderPage }) },
    { path: "orders/:orderId/revise", lazy: async () => ({ Component: (await import("@/orders/WritePages")).ReviseOrderPage }) },
    { path: "orders/:orderId", lazy: async () => ({ Component: (await import("@/orders/OrderPage")).OrderPage }) },
  ],
};
