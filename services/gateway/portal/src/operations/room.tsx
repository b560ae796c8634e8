import type { Room } from "@/rooms";

const page = async (): Promise<{ Component: () => React.ReactNode }> => ({
  Component: (await import("@/operations/OperationsPage")).OperationsPage,
});

export const room: Room = {
  routes: [
    { path: "operations", lazy: page },
    { path: "operations/:part", lazy: page },
    {
      path: "operations/:service/:letterId",
      lazy: async () => ({ Component: (await import("@/operations/DeadLetterPage")).DeadLetterPage }),
    },
  ],
};
