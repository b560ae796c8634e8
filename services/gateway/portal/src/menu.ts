/** The entries of the menu: `export const menu` of `<room>/menu.ts`. */
import type { ComponentType } from "react";
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

const found = import.meta.glob<MenuEntry[]>("./*/menu.ts", { eager: true, import: "menu" });

/** What this person has, in its order; the entries of a group stand together, where its first one stands. */
export function entriesOf(me: Me): MenuEntry[] {
  const entries = Object.values(found)
    .flat()
    .filter((entry) => entry.shownTo(me));
  const begin = ({ group, place }: MenuEntry): number =>
    group === undefined ? place : Math.min(...entries.flatMap((one) => (one.group === group ? [one.place] : [])));
  return entries.sort((one, other) => begin(one) - begin(other) || one.place - other.place);
}
