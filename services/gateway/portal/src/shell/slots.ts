/**
 * Places that other rooms fill: `export const slot` of `<room>/top.tsx` stands in the top bar, that of
 * `<room>/order.tsx` among the actions of an order's page.
 */
import type { ComponentType } from "react";
import type { Schemas } from "@/api/client";

export interface Slot {
  /** Lowest first, from left to right. */
  place: number;
  Component: ComponentType;
}

export interface OrderSlot {
  /** Lowest first, behind the order's own actions. */
  place: number;
  Component: ComponentType<{ order: Schemas["Order"] }>;
}

const found = import.meta.glob<Slot>("../*/top.tsx", { eager: true, import: "slot" });
const onOrders = import.meta.glob<OrderSlot>("../*/order.tsx", { eager: true, import: "slot" });

export const slots = {
  top: Object.values(found)
    .sort((one, other) => one.place - other.place)
    .map((slot) => slot.Component),
  order: Object.values(onOrders)
    .sort((one, other) => one.place - other.place)
    .map((slot) => slot.Component),
};
