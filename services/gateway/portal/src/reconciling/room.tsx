import type { Room } from "@/rooms";

export const room: Room = {
  routes: [
    { path: "reconciliations", lazy: async () => ({ Component: (await import("@/reconciling/ReconciliationsPage")).ReconciliationsPage }) },
    { path: "reconciliations/new", lazy: async () => ({ Component: (await import("@/reconciling/DraftPage")).NewReconciliationPage }) },
    { path: "reconciliations/:id", lazy: async () => ({ Component: (await import("@/reconciling/ReconciliationPage")).ReconciliationPage }) },
    { path: "reconciliations/:id/edit", lazy: async () => ({ Component: (await import("@/reconciling/DraftPage")).EditReconciliationPage }) },
    { path: "reconciliations/:id/contest", lazy: async () => ({ Component: (await import("@/reconciling/ContestPage")).ContestPage }) },
    { path: "balances/:partnerId/compare", lazy: async () => ({ Component: (await import("@/reconciling/ComparePage")).ComparePage }) },
  ],
};
