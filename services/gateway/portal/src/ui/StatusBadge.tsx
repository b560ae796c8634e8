import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/ui/StatusBadge.module.css";

/** What a status means, the same for orders, invoices and all that follows (S-051 … S-055). */
export type Meaning = "waiting" | "refused" | "yours" | "accepted" | "settled" | "quiet";

const MEANINGS: Record<string, Meaning> = {
  "order.draft": "yours",
  "order.submitted": "waiting",
  "order.confirmed": "accepted",
  "order.in-progress": "accepted",
  "order.refused": "refused",
  "order.cancelled": "refused",
  "order.closed": "quiet",
  "invoice.draft": "yours",
  "invoice.matching": "waiting",
  "invoice.pending": "waiting",
  "invoice.approved": "accepted",
  "invoice.partly-paid": "settled",
  "invoice.paid": "settled",
  "invoice.rejected": "refused",
  "invoice.canceled": "refused",
  "consolidated.issued": "accepted",
  "consolidated.partly-paid": "settled",
  "consolidated.paid": "settled",
  "payment.allocated": "settled",
  "payment.advance": "accepted",
  "payment.reversed": "refused",
  "reconciliation.draft": "yours",
  "reconciliation.sent": "waiting",
  "reconciliation.contested": "refused",
  "reconciliation.confirmed": "accepted",
  "reconciliation.withdrawn": "quiet",
};

/** A dot and the word: never colour alone. `kind` is that of the document: `order`, `invoice`, … */
export function StatusBadge(props: { kind: string; status: string; large?: boolean }): ReactNode {
  const { t } = useTranslation("ui");
  return (
    <Badge meaning={MEANINGS[`${props.kind}.${props.status}`] ?? "quiet"} large={props.large}>
      {t(`status.${props.kind}.${props.status}`)}
    </Badge>
  );
}

/** The same for what is no status of a document: "you", "in time", "two files". */
export function Badge(props: { meaning: Meaning; large?: boolean | undefined; children: ReactNode }): ReactNode {
  return (
    <span className={classes.badge} data-meaning={props.meaning} data-large={props.large ?? undefined}>
      {props.children}
    </span>
  );
}
