import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "payments", lazy: async () => ({ Component: (await import("@/money/PaymentsPage")).PaymentsPage }) },
    { path: "payments/new", lazy: async () => ({ Component: (await import("@/money/NewPaymentPage")).NewPaymentPage }) },
    { path: "payments/:paymentId", lazy: async () => ({ Component: (await import("@/money/PaymentPage")).PaymentPage }) },
  ],
};
