/**
 * The rooms of the portal. A room is a folder with a `room.tsx` that says which pages it has; being there is
 * enough to be part of the whole. Where its pages stand in the menu says its `menu.ts` (see `src/menu.ts`),
 * which is loaded with the menu: who signs in need not wait for it.
 */
import type { RouteObject } from "react-router";

export interface Room {
  /** Pages for those who are signed in, inside the shell. */
  routes?: RouteObject[];
  /** Pages for anybody, without the shell. */
  open?: RouteObject[];
}

const found = import.meta.glob<Room>("./*/room.tsx", { eager: true, import: "room" });

export const rooms: readonly Room[] = Object.values(found);
