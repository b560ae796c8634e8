/** The terms of a partnership as a form has them, and as the API takes them. */
import type { Schemas } from "@/api/client";
import { typed } from "@/ui/decimal";

export interface TermsValues {
  [field: string]: unknown;
  currency: string;
  tolerance_rate: string;
  tolerance_base: string;
  lead_time_days: string;
  minimum_order: string;
  payment_days: string;
  customer_contact_id: string;
}

export const USUAL_TERMS: TermsValues = {
  currency: "EUR",
  tolerance_rate: "0",
  tolerance_base: "net",
  lead_time_days: "0",
  minimum_order: "0",
  payment_days: "30",
  customer_contact_id: "",
};

export function termsOf(told: Schemas["PartnershipTerms"]): TermsValues {
  return {
    currency: told.currency,
    tolerance_rate: told.tolerance_rate ?? "0",
    tolerance_base: told.tolerance_base ?? "net",
    lead_time_days: String(told.lead_time_days),
    minimum_order: told.minimum_order,
    payment_days: String(told.payment_days),
    customer_contact_id: told.customer_contact?.id ?? "",
  };
}

/** Numbers are text as typed; which of them are none. */
export function notNumbers(values: Partial<TermsValues>): (keyof TermsValues)[] {
  const wrong: (keyof TermsValues)[] = [];
  for (const field of ["tolerance_rate", "minimum_order"] as const)
    if (values[field] !== undefined && typed(values[field]) === null) wrong.push(field);
  for (const field of ["lead_time_days", "payment_days"] as const)
    if (values[field] !== undefined && !/^\s*\d+\s*$/.test(values[field])) wrong.push(field);
  return wrong;
}

export function termsToTell(values: TermsValues): Schemas["Terms"] {
  return {
    currency: values.currency,
    tolerance_rate: typed(values.tolerance_rate) ?? values.tolerance_rate,
    tolerance_base: values.tolerance_base as Schemas["ToleranceBase"],
    lead_time_days: Number(values.lead_time_days),
    minimum_order: typed(values.minimum_order) ?? values.minimum_order,
    payment_days: Number(values.payment_days),
    customer_contact_id: values.customer_contact_id || null,
  };
}
