// @vitest-environment jsdom
import { expect, test } from "vitest";
import { untilKnown } from "@/api/change";
import { concerns } from "@/api/live";
import { Problem, problemOf } from "@/api/problem";

const atOnce = (): Promise<void> => Promise.resolve();

test("a change whose answer got lost is sent again until its outcome is known", async () => {
  let sent = 0;
  const answer = await untilKnown(() => {
    sent += 1;
    return sent < 3 ? Promise.reject(Problem.unreachable(undefined)) : Promise.resolve("done");
  }, atOnce);

  expect(answer).toBe("done");
  expect(sent).toBe(3);
});

test("a definite no is not asked again", async () => {
  let sent = 0;
  const refused = untilKnown(() => {
    sent += 1;
    return Promise.reject(new Problem(409, "not-confirmable", "It is confirmed already."));
  }, atOnce);

  await expect(refused).rejects.toThrow("It is confirmed already.");
  expect(sent).toBe(1);
});

test("a silence that lasts is told at last", async () => {
  let sent = 0;
  const silent = untilKnown(() => {
    sent += 1;
    return Promise.reject(Problem.unreachable(undefined));
  }, atOnce);

  await expect(silent).rejects.toBeInstanceOf(Problem);
  expect(sent).toBe(4);
});

test("the faults of a refusal find the fields of the form", () => {
  const body = {
    type: "/problems/invalid",
    detail: "The request has faults.",
    errors: [
      { pointer: "#/lines/0/quantity", detail: "Must be more than 0." },
      { pointer: "#/note", detail: "Too long." },
    ],
  };

  const problem = problemOf({ status: 422, headers: new Headers() }, body);

  expect(problem.code).toBe("invalid");
  expect(problem.byField()).toEqual({ "lines.0.quantity": "Must be more than 0.", note: "Too long." });
});

test("a notice concerns the queries of its kind and of its document, and no others", () => {
  const notice = { kind: "order", subject: "7" };

  expect(concerns(["order"], notice)).toBe(true);
  expect(concerns(["order:7"], notice)).toBe(true);
  expect(concerns(["order:8", "invoice"], notice)).toBe(false);
  expect(concerns(undefined, notice)).toBe(false);
});
