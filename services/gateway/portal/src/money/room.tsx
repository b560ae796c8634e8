import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "payments", lazy: async () => ({ Component: (await import("@/money/PaymentsPage")).PaymentsPage }) },
    { path: "payments/new", lazy: async () => ({ Component: (await import("@/money/NewPaymentPage")).NewPaymentPage }) },
    { path: "payments/:paymentId", lazy: async () => ({ Component: (await import("@/money/PaymentPage")).PaymentPage }) },
    { path: "credit-notes", lazy: async () => ({ Component: (await import("@/money/CreditNotesPage")).CreditNotesPage }) },
    { path: "credit-notes/:noteId", lazy: async () => ({ Component: (await import("@/money/CreditNotePage")).CreditNotePage }) },
    { path: "balances", lazy: async () => ({ Component: (await import("@/money/BalancesPage")).BalancesPage }) },
    { path: "balances/:partnerId/orders", lazy: async () => ({ Component: (await import("@/money/OrdersBalancePage")).OrdersBalancePage }) },
    { path: "balances/:partnerId/statement", lazy: async () => ({ Component: (await import("@/money/StatementPage")).StatementPage }) },
    { path: "ageing", lazy: async () => ({ Component: (await import("@/money/AgeingPage")).AgeingPage }) },
    {
      path: "invoices/:invoiceId/credit",
      lazy: async () => ({ Component: (await import("@/money/NewCreditNotePage")).NewCreditNotePage }),
    },
  ],
};
