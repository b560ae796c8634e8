import { IconCash } from "@tabler/icons-react";
import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "payments", lazy: async () => ({ Component: (await import("@/money/PaymentsPage")).PaymentsPage }) },
    { path: "payments/new", lazy: async () => ({ Component: (await import("@/money/NewPaymentPage")).NewPaymentPage }) },
    { path: "payments/:paymentId", lazy: async () => ({ Component: (await import("@/money/PaymentPage")).PaymentPage }) },
  ],
  menu: [
    { label: "menu.payments", to: "/payments", icon: IconCash, shownTo: (me) => me.kind === "supplier", place: 44 },
    {
      label: "menu.payments",
      to: "/payments",
      icon: IconCash,
      shownTo: (me) => me.kind === "customer",
      place: 26,
      group: "groups.purchases",
    },
  ],
};
