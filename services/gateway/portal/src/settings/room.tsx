import type { Room } from "@/rooms";

const lazy = async (): Promise<{ Component: () => React.ReactNode }> => ({
  Component: (await import("@/settings/SettingsPage")).SettingsPage,
});

export const room: Room = {
  routes: [
    { path: "settings", lazy },
    { path: "settings/:part", lazy },
  ],
};
