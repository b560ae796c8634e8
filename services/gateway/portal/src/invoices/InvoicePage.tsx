import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { Replacement } from "@/consolidation/Replacement";
import { useCategory } from "@/invoices/Adjustments";
import { ResponseLine } from "@/invoices/codes";
import { Disputes } from "@/invoices/Disputes";
import { MatchTable } from "@/invoices/MatchTable";
import { invoiceHistoryQuery, invoiceQuery, paymentsQuery, type Invoice } from "@/invoices/queries";
import { DeleteDraft, TakeBack } from "@/invoices/Steps";
import { Originals } from "@/invoices/Originals";
import { Payments } from "@/invoices/Payments";
import { Standing } from "@/invoices/Standing";
import { invoicedQuery, orderQuery } from "@/orders/queries";
import { NotFoundPage } from "@/shell/pages";
import { TaxInvoiceOf } from "@/taxes/OfInvoice";
import { Conversation, useComments } from "@/ui/Conversation";
import { minus, sum } from "@/ui/decimal";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { Files, useFiles } from "@/ui/Files";
import { Day, Money, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { StatusBadge } from "@/ui/StatusBadge";
import { Timeline } from "@/ui/Timeline";

/** One invoice as both sides see it: why it stands where it stands, beside the order it bills. */
export function InvoicePage(): ReactNode {
  const { invoiceId = "" } = useParams();
  const invoice = useQuery(invoiceQuery(invoiceId));
  if (invoice.isPending) return <DocumentWaiting />;
  if (invoice.data === undefined) {
    if (invoice.error instanceof Problem && invoice.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={invoice.error} again={() => void invoice.refetch()} />;
  }
  return <Shown invoice={invoice.data} />;
}

function Shown({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const { t: returns } = useTranslation("consolidation");
  const { t: taxes } = useTranslation("taxes");
  const me = useMe();
  const { day, money, quantity } = useFormats();
  const category = useCategory();
  const comments = useComments("invoices", invoice.id);
  const files = useFiles("invoices", invoice.id);
  const party = me.kind !== "operator";
  const other = me.kind === "supplier" ? invoice.customer : invoice.supplier;
  const supplies = me.kind === "supplier" && me.can("supplier-user", "supplier-admin");

  return (
    <DocumentPage
      kind={t("invoice")}
      title={invoice.number ?? t("unnumbered")}
      status={<StatusBadge kind="invoice" status={invoice.status} large />}
      subtitle={
        <>
          {party ? <Anchor component={Link} to={`/balances/${other.id}`}>{other.name}</Anchor> : other.name}
          {" · "}
          {t("issuedOn", { day: day(invoice.issue_date) })}
          {" · "}
          <Anchor component={Link} to={`/orders/${invoice.order_id}`}>
            {t("forOrder", { number: invoice.order_number })}
          </Anchor>
        </>
      }
      sum={<Money amount={invoice.gross} currency={invoice.currency} places={invoice.amount_places} />}
      actions={
        <>
          {supplies && invoice.status === "draft" && <DeleteDraft invoice={invoice} />}
          {supplies && (invoice.status === "pending" || invoice.status === "matching") && <TakeBack invoice={invoice} />}
          {supplies && ["approved", "partly-paid", "paid"].includes(invoice.status) && (
            <Button component={Link} to={`/invoices/${invoice.id}/credit`} variant="default">
              {t("credit")}
            </Button>
          )}
          {supplies && (invoice.status === "rejected" || invoice.status === "canceled") && (
            <Button component={Link} to={`/invoices/new?order=${invoice.order_id}`}>
              {t("again")}
            </Button>
          )}
        </>
      }
      files={`/invoices/${invoice.id}/document`}
      back={{ to: "/invoices", label: t("title") }}
      notice={<Standing invoice={invoice} />}
      bodyLabel={t("lines")}
      details={
        <Sheet>
          <Stack gap="md">
            <Parties customer={invoice.customer} supplier={invoice.supplier} initiator={invoice.initiator} />
            <Facts
              facts={[
                [t("facts.due"), <Day key="due" day={invoice.due_date} />],
                ...(invoice.planned_on ? ([[t("facts.planned"), <Day key="planned" day={invoice.planned_on} />]] as const) : []),
                ...(invoice.submitted_at !== null
                  ? ([[t("originals.title"), <Originals key="originals" invoice={invoice} />]] as const)
                  : []),
                ...(invoice.delivery_date ? ([[t("facts.delivered"), <Day key="delivered" day={invoice.delivery_date} />]] as const) : []),
                ...(invoice.submitted_at !== null && !["draft", "rejected", "canceled"].includes(invoice.status)
                  ? ([[taxes("taxInvoice"), <TaxInvoiceOf key="tax" invoice={invoice} />]] as const)
                  : []),
                ...(invoice.response !== null
                  ? ([[t("peppol.title"), <ResponseLine key="response" invoice={invoice} />]] as const)
                  : []),
                ...(invoice.exchange
                  ? ([
                      [
                        t("exchange.title"),
                        t("exchange.told", {
                          currency: invoice.currency,
                          rate: quantity(invoice.exchange.rate),
                          order: invoice.exchange.currency,
                          source: invoice.exchange.source,
                          day: day(invoice.exchange.day),
                        }),
                      ],
                      [
                        t("exchange.inOrder", { currency: invoice.exchange.currency }),
                        t("exchange.sums", {
                          net: money(invoice.exchange.net, invoice.amount_places),
                          tax: money(invoice.exchange.tax, invoice.amount_places),
                        }),
                      ],
                    ] as const)
                  : []),
                ...invoice.taxes
                  .filter((tax) => tax.exemption_reason ?? tax.exemption_code)
                  .map((tax) => [`${t("facts.noTax")}: ${category(tax.category)}`, [tax.exemption_reason, tax.exemption_code].filter(Boolean).join(" · ")] as const),
                ...(invoice.note ? ([[t("facts.note"), invoice.note]] as const) : []),
              ]}
            />
          </Stack>
        </Sheet>
      }
      sections={[
        {
          id: "comments",
          label: t("comments"),
          count: comments.data?.pages.reduce((total, page) => total + page.items.length, 0),
          content: <Conversation collection="invoices" id={invoice.id} may={party} seenBy={other.name} />,
        },
        {
          id: "files",
          label: t("files"),
          count: files.data?.items.length,
          content: <Files collection="invoices" id={invoice.id} may={party} />,
        },
        { id: "history", label: t("history"), content: <History invoice={invoice} /> },
        { id: "returns", label: returns("replacement.title"), content: <Replacement invoice={invoice} /> },
      ]}
    >
      <Stack gap="md">
        <Disputes invoice={invoice} />
        <BesideOrder invoice={invoice} />
        {["approved", "partly-paid", "paid"].includes(invoice.status) && <Payments invoice={invoice} />}
      </Stack>
    </DocumentPage>
  );
}

const COUNTS = new Set(["draft", "matching", "pending", "approved", "partly-paid", "paid"]);

function BesideOrder({ invoice }: { invoice: Invoice }): ReactNode {
  const me = useMe();
  const order = useQuery(orderQuery(invoice.order_id));
  const invoiced = useQuery({ ...invoicedQuery(invoice.order_id), enabled: me.kind !== "operator", retry: false });
  if (order.isPending) return <DocumentWaiting />;
  if (order.data === undefined) return <ErrorState error={order.error} again={() => void order.refetch()} />;
  // What other invoices bill of each line: all of them without this one.
  const elsewhere = new Map(
    invoiced.data?.lines.map((line) => {
      const here = invoice.lines.filter((one) => one.order_line === line.order_line).map((one) => one.quantity);
      return [line.order_line, COUNTS.has(invoice.status) ? minus(line.invoiced, sum(here)) : line.invoiced];
    }),
  );
  return <MatchTable order={order.data} invoice={invoice} elsewhere={elsewhere} />;
}

function History({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const me = useMe();
  const history = useQuery(invoiceHistoryQuery(invoice.id));
  const payments = useQuery(paymentsQuery(invoice.id));
  const { money, day } = useFormats();
  if (history.isError) return <ErrorState error={history.error} again={() => void history.refetch()} />;
  const entries = history.data?.entries ?? [];
  const people = new Map(
    [
      me.session.user,
      invoice.initiator,
      ...entries.flatMap(({ state }) => [
        state.created_by,
        state.deputy,
        state.decided_by,
        ...state.disputes.flatMap((one) => [one.raised_by, one.settled_by]),
      ]),
      ...(payments.data?.items.map((one) => one.registered_by) ?? []),
    ].flatMap((person) => (person ? [[person.id, person.name]] : [])),
  );
  const sides = new Map([invoice.customer, invoice.supplier].map((side) => [side.id, side.name]));
  /** An invoice that was sent changes in these ways only. */
  const changeOf = (before: Invoice | undefined, state: Invoice): string => {
    if (state.disputes.length > (before?.disputes.length ?? 0)) return t("events.disputed");
    if ((state.originals === null) !== ((before?.originals ?? null) === null))
      return t(state.originals === null ? "events.originals-taken-back" : "events.originals-received");
    if (state.delivery_date !== null && state.delivery_date !== before?.delivery_date)
      return t("events.redated", { day: day(state.delivery_date) });
    if (state.planned_on === before?.planned_on) return t("events.settled");
    return state.planned_on ? t("events.planned", { day: day(state.planned_on) }) : t("events.unplanned");
  };
  const who = ({ user_id, user_name, organisation_id, state }: (typeof entries)[number]): string | null => {
    const { decided_by: by, decided_for: initiator } = state;
    const stoodIn = by !== null && initiator !== null && by.id === user_id;
    const person = stoodIn
      ? t("standing.for", { name: by.name, initiator: initiator.name })
      : (user_name ?? people.get(user_id ?? ""));
    return [person, sides.get(organisation_id ?? "")].filter(Boolean).join(", ") || null;
  };
  return (
    <Timeline
      happenings={entries.map((entry, place) => {
        const before = entries[place - 1]?.state;
        const { state } = entry;
        const told =
          entry.event === "invoice-changed"
            ? changeOf(before, state)
            : entry.event === "approval-delegated" && state.deputy === null
              ? t("events.approval-back")
              : t(`events.${entry.event}`, { defaultValue: entry.event });
        const said = state.remark !== null && state.remark !== before?.remark ? state.remark : null;
        const paid = before && state.paid !== before.paid && entry.event === "payment-registered" ? minus(state.paid, before.paid) : null;
        return {
          id: String(entry.sequence),
          at: entry.at,
          what: (
            <>
              {told}
              {paid !== null && `: ${money(paid, state.amount_places)} ${state.currency}`}
              {said !== null && (
                <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
                  {said}
                </Text>
              )}
            </>
          ),
          who: who(entry),
        };
      })}
    />
  );
}
