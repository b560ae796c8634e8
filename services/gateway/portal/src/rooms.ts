/**
 * The rooms of the portal. A room is a folder with a `room.tsx` that says which pages it has and where they
 * stand in the menu; being there is enough to be part of the whole.
 */
import type { ComponentType } from "react";
import type { RouteObject } from "react-router";
import type { Me } from "@/api/session";

export interface MenuEntry {
  /** Key in the namespace `shell`: `menu.orders`. */
  label: string;
  to: string;
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  /** Who has this entry. What somebody may not use, they are not offered. */
  shownTo: (me: Me) => boolean;
  /** Place in the menu, lowest first (Home is 0). A supplier's begins with S-006: 10, 20, 30, 40. */
  place: number;
  /** Key of the group it stands in (`groups.purchases`); without one it stands by itself. */
  group?: string;
}

export interface Room {
  /** Pages for those who are signed in, inside the shell. */
  routes?: RouteObject[];
  /** Pages for anybody, without the shell. */
  open?: RouteObject[];
  menu?: MenuEntry[];
}

const found = import.meta.glob<Room>("./*/room.tsx", { eager: true, import: "room" });

export const rooms: readonly Room[] = Object.values(found);
