/** What a person may do with an order where it stands. The API decides all the same; this is what is offered. */
import type { Me } from "@/api/session";
import { compare } from "@/ui/decimal";
import type { Order } from "@/orders/queries";

export const STEPS = [
  "confirm",
  "refuse",
  "start",
  "ship",
  "propose",
  "submit",
  "edit",
  "delete",
  "accept",
  "decline",
  "date",
  "receive",
  "close",
  "revise",
  "cancel",
  "again",
] as const;
export type Step = (typeof STEPS)[number];

export type Person = Pick<Me, "kind" | "can"> & { userId: string };

const OPEN = ["submitted", "confirmed", "in-progress"];

/** Steps in the order of their weight: the first is what the order waits for from this person. */
export function stepsOf(order: Order, person: Person): Step[] {
  if (person.kind === "supplier") return suppliers(order);
  if (person.kind === "customer") return buyers(order, person);
  return [];
}

function suppliers(order: Order): Step[] {
  switch (order.status) {
    case "submitted":
      return ["confirm", "refuse", "propose"];
    case "confirmed":
      return ["start", ...(pending(order) ? (["ship"] as const) : []), "propose"];
    case "in-progress":
      return [...(pending(order) ? (["ship"] as const) : []), "propose"];
    default:
      return [];
  }
}

function buyers(order: Order, person: Person): Step[] {
  const orders = person.can("initiator", "supplier-manager", "buyer-admin");
  const initiator = person.userId === order.initiator.id;
  const untouched = order.lines.every((line) => isNothing(line.shipped_quantity) && isNothing(line.received_quantity));
  const open = OPEN.includes(order.status);
  const steps: Step[] = [];
  if (order.status === "draft" && orders) steps.push("submit", "edit");
  if (order.date_proposal !== null && initiator && open) steps.push("accept", "decline");
  const receives = ["confirmed", "in-progress", "closed"].includes(order.status);
  const coming = receives && !arrived(order);
  if (coming) steps.push("receive");
  if (initiator && open) steps.push("date");
  if (initiator && orders && untouched && ["submitted", "confirmed"].includes(order.status)) steps.push("revise");
  // Of a supplier that records no shipments goods arrive all the same.
  if (receives && !coming && order.status !== "closed") steps.push("receive");
  if (orders && order.status !== "draft") steps.push("again");
  if (orders && ["confirmed", "in-progress"].includes(order.status)) steps.push("close");
  if (orders && untouched && ["submitted", "confirmed"].includes(order.status)) steps.push("cancel");
  if (order.status === "draft" && orders) steps.push("delete");
  return steps;
}

function isNothing(quantity: string): boolean {
  return compare(quantity, "0") === 0;
}

function pending(order: Order): boolean {
  return order.lines.some((line) => !isNothing(line.pending_quantity));
}

/** Everything that was shipped has been received. */
function arrived(order: Order): boolean {
  return order.lines.every((line) => compare(line.received_quantity, line.shipped_quantity) >= 0);
}

/** What is still to be decided by the initiator alone, for a buyer who is somebody else (S-027, S-028). */
export function isForSomebodyElse(order: Order, person: Person): boolean {
  return (
    (person.kind === "customer" || person.kind === "operator") &&
    person.userId !== order.initiator.id &&
    (order.status === "draft" || OPEN.includes(order.status))
  );
}
