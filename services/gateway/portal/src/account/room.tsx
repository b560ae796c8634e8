import type { Room } from "@/rooms";

export const room: Room = {
  routes: [{ path: "account", lazy: async () => ({ Component: (await import("@/account/AccountPage")).AccountPage }) }],
};
