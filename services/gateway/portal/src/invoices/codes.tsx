/** The codes of Peppol's Invoice Response: to choose with a decision, and to read on an invoice. */
import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import type { Invoice } from "@/invoices/queries";

export type ReasonCode = Schemas["StatusReason"];
export type ActionCode = Schemas["StatusAction"];

/** What a decision may give as its reason; the others follow from a status. */
export const REASONS = ["PRI", "QTY", "ITM", "QUA", "DEL", "REF", "LEG", "REC", "PAY", "UNR", "FIN", "OTH"] as const satisfies readonly ReasonCode[];

export const ACTIONS = {
  reject: ["NIN", "NOA", "PIN", "OTH"],
  return: ["NIN", "PIN", "OTH"],
} as const satisfies Record<string, readonly ActionCode[]>;

/** "Peppol RE · PRI Prices incorrect · NIN Issue new invoice". */
export function ResponseLine({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const { response } = invoice;
  if (response === null) return null;
  const said = [
    `${response.code} ${t(`peppol.codes.${response.code}`)}`,
    ...response.reasons.map((one) => `${one.code} ${t(`peppol.reasons.${one.code}`)}`),
    ...(response.action.code === "NOA" ? [] : [`${response.action.code} ${t(`peppol.actions.${response.action.code}`)}`]),
  ];
  return <Text span>{said.join(" · ")}</Text>;
}
