/** Places in the shell that rooms fill: `export const slot` of `<room>/top.tsx` stands in the top bar. */
import type { ComponentType } from "react";

export interface Slot {
  /** Lowest first, from left to right. */
  place: number;
  Component: ComponentType;
}

const found = import.meta.glob<Slot>("../*/top.tsx", { eager: true, import: "slot" });

export const slots = {
  top: Object.values(found)
    .sort((one, other) => one.place - other.place)
    .map((slot) => slot.Component),
};
