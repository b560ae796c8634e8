import { IconSettings } from "@tabler/icons-react";
import type { Room } from "@/rooms";

const lazy = async (): Promise<{ Component: () => React.ReactNode }> => ({
  Component: (await import("@/settings/SettingsPage")).SettingsPage,
});

export const room: Room = {
  routes: [
    { path: "settings", lazy },
    { path: "settings/:part", lazy },
  ],
  menu: [
    // S-006: the fourth entry of a supplier, and by this name.
    {
      label: "menu.supplierSettings",
      to: "/settings",
      icon: IconSettings,
      shownTo: (me) => me.kind === "supplier",
      place: 40,
    },
    {
      label: "menu.settings",
      to: "/settings",
      icon: IconSettings,
      shownTo: (me) => me.kind === "customer" || me.kind === "operator",
      place: 900,
    },
  ],
};
