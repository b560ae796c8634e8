import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { InvoiceEditor } from "@/invoices/InvoiceEditor";
import { invoiceQuery, type Invoice } from "@/invoices/queries";
import { invoicedQuery, orderQuery } from "@/orders/queries";
import { NotFoundPage } from "@/shell/pages";
import { DocumentWaiting } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";

/** Changes a draft: a new one, or one that was given back for rework (S-053, S-071). */
export function EditInvoicePage(): ReactNode {
  const { invoiceId = "" } = useParams();
  const me = useMe();
  const invoice = useQuery(invoiceQuery(invoiceId));
  if (invoice.isPending) return <DocumentWaiting />;
  if (invoice.data === undefined) {
    if (invoice.error instanceof Problem && invoice.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={invoice.error} again={() => void invoice.refetch()} />;
  }
  if (me.kind !== "supplier") return <NotFoundPage />;
  return <Begun key={invoiceId} invoice={invoice.data} />;
}

/** Stays with the draft it began with: sending it makes it another thing below the form that sends it. */
function Begun({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const [begun] = useState(invoice);
  const draft = begun.status === "draft" ? begun : invoice;
  if (draft.status !== "draft")
    return (
      <EmptyState title={t("edit.notADraft", { number: draft.number })} text={t("edit.notADraftText")}>
        <Button component={Link} to={`/invoices/${draft.id}`}>
          {t("edit.look")}
        </Button>
      </EmptyState>
    );
  return <WithOrder orderId={draft.order_id} draft={draft} />;
}

/** The editor, once the order and what of it is open have come. What changes meanwhile does not touch the form. */
export function WithOrder({ orderId, draft }: { orderId: string; draft?: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const order = useQuery(orderQuery(orderId));
  // What is open may have changed since an answer was kept.
  const open = useQuery({ ...invoicedQuery(orderId), refetchOnMount: "always" });
  if ((order.isError && !order.data) || (open.isError && !open.data)) {
    const error = order.error ?? open.error;
    if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
    return (
      <ErrorState
        error={error}
        again={() => {
          void order.refetch();
          void open.refetch();
        }}
      />
    );
  }
  if (order.data === undefined || open.data === undefined || !open.isFetchedAfterMount)
    return <DocumentWaiting />;
  if (draft === undefined && ["refused", "cancelled", "draft"].includes(order.data.status))
    return (
      <EmptyState title={t("new.notBillable", { number: order.data.number })} text={t("new.notBillableText")}>
        <Button component={Link} to="/invoices/new">
          {t("new.choose")}
        </Button>
      </EmptyState>
    );
  return <Frozen key={draft?.id ?? orderId} order={order.data} open={open.data} {...(draft ? { draft } : {})} />;
}

/** Keeps what the form began with: a list that changes below somebody who writes would move their lines. */
function Frozen(props: { order: Schemas["Order"]; open: Schemas["OpenQuantities"]; draft?: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const [begun] = useState(props);
  const nothing = begun.draft === undefined && begun.open.lines.every((line) => Number(line.open) === 0);
  if (nothing)
    return (
      <EmptyState title={t("new.allBilled", { number: begun.order.number })} text={t("new.allBilledText")}>
        <Button component={Link} to="/invoices">
          {t("title")}
        </Button>
      </EmptyState>
    );
  return <InvoiceEditor {...begun} />;
}
