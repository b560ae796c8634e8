import { expect, test } from "vitest";
import { notNumbers, termsToTell, USUAL_TERMS } from "@/suppliers/terms";

test("numbers are told as the API writes them, however they were typed", () => {
  const told = termsToTell({ ...USUAL_TERMS, tolerance_rate: "2,5", minimum_order: "1 500", payment_days: "14" });

  expect(told).toEqual({
    currency: "EUR",
    tolerance_rate: "2.5",
    tolerance_base: "net",
    lead_time_days: 0,
    minimum_order: "1500",
    payment_days: 14,
    customer_contact_id: null,
  });
});

test("what is no number is found before it is sent", () => {
  expect(notNumbers(USUAL_TERMS)).toEqual([]);
  expect(notNumbers({ ...USUAL_TERMS, tolerance_rate: "some", lead_time_days: "2.5" })).toEqual([
    "tolerance_rate",
    "lead_time_days",
  ]);
});
