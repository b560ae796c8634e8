import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconFlag } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { invoicedQuery, orderHistoryQuery, orderQuery, type Order, type OrderLine } from "@/orders/queries";
import { NotFoundPage } from "@/shell/pages";
import { slots } from "@/shell/slots";
import { Conversation, useComments } from "@/ui/Conversation";
import { DateWithProposal } from "@/ui/DateWithProposal";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { Files, useFiles } from "@/ui/Files";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Money, Quantity, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { StatusBadge } from "@/ui/StatusBadge";
import { Timeline } from "@/ui/Timeline";

/** One purchase order as both sides see it. */
export function OrderPage(): ReactNode {
  const { orderId = "" } = useParams();
  const order = useQuery(orderQuery(orderId));
  if (order.isPending) return <DocumentWaiting />;
  if (order.data === undefined) {
    if (order.error instanceof Problem && order.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={order.error} again={() => void order.refetch()} />;
  }
  return <Shown order={order.data} />;
}

function Shown({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const { day } = useFormats();
  const comments = useComments("orders", order.id);
  const files = useFiles("orders", order.id);
  const party = me.kind !== "operator";
  const other = me.kind === "supplier" ? order.customer : order.supplier;

  return (
    <DocumentPage
      kind={t("order")}
      title={order.number}
      status={<StatusBadge kind="order" status={order.status} large />}
      subtitle={`${other.name} · ${t("orderedOn", { day: day(order.order_date) })}${
        order.revision > 0 ? ` · ${t("revision", { number: order.revision })}` : ""
      }`}
      sum={<Money amount={order.gross} currency={order.currency} places={order.amount_places} />}
      actions={slots.order.map((Action, place) => (
        // The rooms that fill it stay the same while the page is open.
        <Action key={place} order={order} />
      ))}
      files={`/orders/${order.id}/document`}
      back={{ to: "/orders", label: t("title") }}
      notice={<Notices order={order} />}
      bodyLabel={t("lines")}
      details={
        <Sheet>
          <Stack gap="md">
            <Parties customer={order.customer} supplier={order.supplier} initiator={order.initiator} />
            <Facts
              facts={[
                [t("delivery"), <DateWithProposal key="day" day={order.delivery_date} proposal={order.date_proposal} />],
                ...(order.delivery_address ? ([[t("address"), order.delivery_address]] as const) : []),
                [t("payment"), t("days", { count: order.payment_days })],
                ...(order.note ? ([[t("note"), order.note]] as const) : []),
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
          content: <Conversation collection="orders" id={order.id} may={party} seenBy={other.name} />,
        },
        {
          id: "files",
          label: t("files"),
          count: files.data?.items.length,
          content: <Files collection="orders" id={order.id} may={party} />,
        },
        { id: "history", label: t("history"), content: <History order={order} /> },
      ]}
    >
      <Lines order={order} />
    </DocumentPage>
  );
}

function Notices({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  return (
    <>
      {order.closing_reason && (
        <Alert variant="light" color="red" mb="md" title={t(`closing.${order.status}`)}>
          {order.closing_reason}
        </Alert>
      )}
      {order.flags.map((flag) => (
        <Alert key={flag.code} variant="light" color="yellow" mb="md" icon={<IconFlag size={18} />}>
          {flag.detail}
        </Alert>
      ))}
    </>
  );
}

function Lines({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const invoiced = useQuery({ ...invoicedQuery(order.id), enabled: order.status !== "draft", retry: false });
  const { quantity } = useFormats();
  const columns = useMemo<LineColumn<OrderLine>[]>(() => {
    const billed = new Map(invoiced.data?.lines.map((line) => [line.order_line, line.invoiced]));
    return [
      {
        id: "description",
        title: t("line.description"),
        cell: (line) => (
          <div>
            <div>{line.description}</div>
            <div style={{ color: "var(--mantine-color-dimmed)", fontSize: 13, fontWeight: 400 }}>
              {line.number} · {line.item_number}
              {line.delivery_date ? (
                <>
                  {" · "}
                  <Day day={line.delivery_date} />
                </>
              ) : null}
            </div>
            {line.confirmation_note ? (
              <div style={{ fontSize: 13, fontWeight: 400 }}>{t("line.note", { note: line.confirmation_note })}</div>
            ) : null}
          </div>
        ),
      },
      {
        id: "ordered",
        title: t("line.ordered"),
        cell: (line) => `${quantity(line.quantity)} ${t(`units.${line.unit}`, { defaultValue: line.unit })}`,
        numeric: true,
      },
      { id: "confirmed", title: t("line.confirmed"), cell: (line) => <Quantity amount={line.confirmed_quantity} />, numeric: true },
      { id: "shipped", title: t("line.shipped"), cell: (line) => <Quantity amount={line.shipped_quantity} dashZero />, numeric: true },
      { id: "invoiced", title: t("line.invoiced"), cell: (line) => <Quantity amount={billed.get(line.number)} dashZero />, numeric: true },
      { id: "pending", title: t("line.pending"), cell: (line) => <Quantity amount={line.pending_quantity} dashZero />, numeric: true },
      { id: "price", title: t("line.price"), cell: (line) => <Money amount={line.unit_price} />, numeric: true },
      { id: "net", title: t("line.net", { currency: order.currency }), cell: (line) => <Money amount={line.net} places={order.amount_places} />, numeric: true },
    ];
  }, [invoiced.data, order.currency, order.amount_places, quantity, t]);
  return (
    <LineTable
      caption={t("lines")}
      columns={columns}
      lines={order.lines}
      keyOf={(line) => line.number}
      totals={[
        [t("totals.net"), <Money key="net" amount={order.net} places={order.amount_places} />],
        [t("totals.tax"), <Money key="tax" amount={order.tax} places={order.amount_places} />],
        [t("totals.gross", { currency: order.currency }), <Money key="gross" amount={order.gross} places={order.amount_places} />],
      ]}
    />
  );
}

function History({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const history = useQuery(orderHistoryQuery(order.id));
  if (history.isError) return <ErrorState error={history.error} again={() => void history.refetch()} />;
  const sides = [order.customer, order.supplier];
  return (
    <Timeline
      happenings={(history.data?.entries ?? []).map((entry) => ({
        id: String(entry.sequence),
        at: entry.at,
        what: t(`events.${entry.event}`, { defaultValue: entry.event }),
        who:
          entry.user_id === order.initiator.id
            ? order.initiator.name
            : (sides.find((side) => side.id === entry.organisation_id)?.name ?? null),
      }))}
    />
  );
}
