import { expect, test } from "vitest";
import { isForSomebodyElse, stepsOf, type Person } from "@/orders/may";
import type { Order } from "@/orders/queries";

const INITIATOR: Person = { kind: "customer", userId: "anna", can: (...roles) => roles.includes("initiator") };
const COLLEAGUE: Person = { kind: "customer", userId: "taras", can: (...roles) => roles.includes("supplier-manager") };
const ACCOUNTANT: Person = { kind: "customer", userId: "maria", can: (...roles) => roles.includes("buyer-accounting") };
const SUPPLIER: Person = { kind: "supplier", userId: "sofia", can: (...roles) => roles.includes("supplier-user") };
const OPERATOR: Person = { kind: "operator", userId: "olena", can: (...roles) => roles.includes("operator-support") };

function order(status: Order["status"], change: Partial<Order> = {}, shipped = "0", received = "0"): Order {
  const line = { quantity: "40", shipped_quantity: shipped, received_quantity: received, pending_quantity: shipped === "40" ? "0" : "40" };
  return { status, initiator: { id: "anna" }, date_proposal: null, lines: [line], ...change } as Order;
}

const PROPOSED = { date_proposal: { date: "2026-12-08" } } as Partial<Order>;

test("only the initiator is offered the delivery date and the proposal (S-027)", () => {
  expect(stepsOf(order("submitted", PROPOSED), INITIATOR)).toEqual(expect.arrayContaining(["accept", "decline", "date", "revise"]));
  for (const other of [COLLEAGUE, ACCOUNTANT, SUPPLIER, OPERATOR])
    for (const step of ["accept", "decline", "date", "revise"] as const)
      expect(stepsOf(order("submitted", PROPOSED), other)).not.toContain(step);
});

test("who is not the initiator is told who is, the operator too (S-028)", () => {
  expect([INITIATOR, COLLEAGUE, OPERATOR, SUPPLIER].map((person) => isForSomebodyElse(order("submitted"), person))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isForSomebodyElse(order("closed"), COLLEAGUE)).toBe(false);
});

test("the supplier is offered what the order waits for, first", () => {
  expect(stepsOf(order("submitted"), SUPPLIER)).toEqual(["confirm", "refuse", "propose"]);
  expect(stepsOf(order("confirmed"), SUPPLIER)[0]).toBe("start");
  expect(stepsOf(order("in-progress"), SUPPLIER)[0]).toBe("ship");
  expect(stepsOf(order("in-progress", {}, "40"), SUPPLIER)).toEqual(["propose"]);
  expect(stepsOf(order("cancelled"), SUPPLIER)).toEqual([]);
});

test("an order of which goods were shipped can be closed, but not cancelled or revised", () => {
  expect(stepsOf(order("confirmed"), INITIATOR)).toEqual(expect.arrayContaining(["cancel", "revise", "close"]));
  const shipped = stepsOf(order("in-progress", {}, "10"), INITIATOR);
  expect(shipped).toContain("close");
  expect(shipped).not.toContain("cancel");
  expect(shipped).not.toContain("revise");
});

test("accounting records what arrived and orders nothing", () => {
  expect(stepsOf(order("in-progress", {}, "10"), ACCOUNTANT)).toEqual(["receive"]);
  expect(stepsOf(order("draft"), ACCOUNTANT)).toEqual([]);
  expect(stepsOf(order("closed", {}, "10"), ACCOUNTANT)).toEqual(["receive"]);
  expect(stepsOf(order("closed", {}, "10", "10"), ACCOUNTANT)).toEqual([]);
});

test("what arrives is the first thing to record while goods are on their way, and never hidden before", () => {
  expect(stepsOf(order("in-progress", {}, "10"), INITIATOR)[0]).toBe("receive");
  expect(stepsOf(order("confirmed"), INITIATOR)).toContain("receive");
  expect(stepsOf(order("confirmed"), INITIATOR)[0]).toBe("date");
});
