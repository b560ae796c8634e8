/** Invoices for many orders in one action (S-059): chosen, foreseen with their sums, sent. */
import { Anchor, Button, Checkbox, Group, Stack, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Frame } from "@/bulk/Frame";
import { numbered } from "@/bulk/numbers";
import { Sent } from "@/bulk/Sent";
import { MEANINGS, Sums, toldOf } from "@/bulk/Sums";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useLeaveWarning, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Money } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

type Order = Schemas["BillableOrder"];
type Foreseen = Schemas["ForeseenMany"];
type Wish = Schemas["OneOfMany"];

/** As many as the API takes in one action. */
const MOST = 100;

export function BulkPage(): ReactNode {
  const { t } = useTranslation("bulk");
  const me = useMe();
  usePageTitle(t("title"));
  if (me.kind !== "supplier") return <NotFoundPage />;
  return <Choose />;
}

function Choose(): ReactNode {
  const { t } = useTranslation("bulk");
  const found = useInfiniteQuery({
    queryKey: ["orders", "billable"],
    queryFn: ({ pageParam }) => must(api.GET("/billable-orders", { params: { query: { after: pageParam, limit: MOST } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    meta: { live: ["order", "invoice"] },
  });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [first, setFirst] = useState("");
  const [own, setOwn] = useState<Readonly<Record<string, string>>>({});
  const [asked, setAsked] = useState<readonly Wish[] | null>(null);
  const [sent, setSent] = useState<Schemas["SentMany"] | null>(null);
  useLeaveWarning(chosen.size > 0 && sent === null);
  if (sent !== null) return <Sent sent={sent} />;
  if (found.data === undefined)
    return found.isError ? <ErrorState error={found.error} again={() => void found.refetch()} /> : <Coming height={420} />;
  const orders = found.data.pages.flatMap((page) => page.items);
  const selected = orders.filter((order) => chosen.has(order.order_id));
  const counted = numbered(first, selected.length);
  const numbers = new Map(selected.map((order, place) => [order.order_id, own[order.order_id] ?? counted[place] ?? ""]));
  const wishes = selected.map((order): Wish => ({ order_id: order.order_id, number: numbers.get(order.order_id)?.trim() || null, note: "", adjustments: [], exemptions: [] }));
  const change = (ids: ReadonlySet<string>): void => {
    setChosen(ids);
    setAsked(null);
  };
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    change(next);
  };
  const few = orders.slice(0, MOST);
  const all = few.length > 0 && few.every((order) => chosen.has(order.order_id));
  const columns: LineColumn<Order>[] = [
    {
      id: "choose",
      title: t("columns.choose"),
      cell: (order) => (
        <Checkbox
          aria-label={t("choose", { number: order.order_number })}
          checked={chosen.has(order.order_id)}
          disabled={!chosen.has(order.order_id) && chosen.size >= MOST}
          onChange={() => toggle(order.order_id)}
        />
      ),
    },
    {
      id: "order",
      title: t("columns.order"),
      cell: (order) => (
        <Anchor component={Link} to={`/orders/${order.order_id}`}>
          {order.order_number}
        </Anchor>
      ),
    },
    { id: "customer", title: t("columns.customer"), cell: (order) => order.customer.name },
    { id: "ordered", title: t("columns.ordered"), cell: (order) => <Day day={order.order_date} /> },
    {
      id: "open",
      title: t("columns.open"),
      numeric: true,
      cell: (order) => (
        <>
          <Money amount={order.open_net} currency={order.currency} places={order.amount_places} />
          {order.begun && (
            <Text size="xs" c="dimmed">
              {t("begun")}
            </Text>
          )}
        </>
      ),
    },
    {
      id: "number",
      title: t("columns.number"),
      cell: (order) =>
        chosen.has(order.order_id) ? (
          <TextInput
            aria-label={t("numberFor", { number: order.order_number })}
            value={numbers.get(order.order_id) ?? ""}
            maxLength={35}
            onChange={(event) => {
              setOwn({ ...own, [order.order_id]: event.currentTarget.value });
              setAsked(null);
            }}
          />
        ) : (
          "–"
        ),
    },
  ];
  return (
    <Frame text={t("text")}>
      {orders.length === 0 ? (
        <Sheet>
          <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
        </Sheet>
      ) : (
        <>
          <Group align="flex-end" justify="space-between">
            <TextInput
              label={t("first")}
              description={t("firstHint")}
              size="md"
              maxLength={30}
              value={first}
              onChange={(event) => {
                setFirst(event.currentTarget.value);
                setOwn({});
                setAsked(null);
              }}
            />
            <Group gap="xs">
              <Button variant="default" onClick={() => change(new Set(all ? [] : few.map((order) => order.order_id)))}>
                {all ? t("none") : t("all", { count: few.length })}
              </Button>
              <Button disabled={selected.length === 0} onClick={() => setAsked(wishes)}>
                {t("preview", { count: selected.length })}
              </Button>
            </Group>
          </Group>
          {asked !== null && <Preview wishes={asked} onSent={setSent} />}
          <LineTable caption={t("orders")} columns={columns} lines={orders} keyOf={(order) => order.order_id} />
          {found.hasNextPage && (
            <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
              {t("more")}
            </Button>
          )}
        </>
      )}
    </Frame>
  );
}

/** What would come of all of them, before anything is sent. */
function Preview({ wishes, onSent }: { wishes: readonly Wish[]; onSent: (sent: Schemas["SentMany"]) => void }): ReactNode {
  const { t } = useTranslation("bulk");
  const say = useSay();
  const [keep, setKeep] = useState(false);
  const invoices = [...wishes];
  const preview = useQuery({
    queryKey: ["invoices", "bulk", wishes],
    queryFn: () => must(api.POST("/invoice-batches/preflight", { body: { invoices } })),
    meta: { live: ["invoice", "order"] },
  });
  const send = useChange({
    send: (keep_good: boolean, header) => must(api.POST("/invoice-batches", { params: { header }, body: { invoices, keep_good } })),
    invalidates: () => [["invoices"], ["orders"], ["balances"]],
    onDone: onSent,
  });
  if (preview.data === undefined)
    return preview.isError ? <ErrorState error={preview.error} again={() => void preview.refetch()} /> : <Coming height={160} />;
  const told: Foreseen = preview.data;
  const good = told.items.length - told.hindered;
  const columns: LineColumn<Foreseen["items"][number]>[] = [
    { id: "order", title: t("columns.order"), cell: (one) => one.order_number ?? "–" },
    { id: "number", title: t("columns.number"), cell: (one) => <strong>{one.number ?? "–"}</strong> },
    {
      id: "verdict",
      title: t("columns.verdict"),
      cell: (one) => (
        <div>
          {one.hindrances.length > 0 ? (
            <Badge meaning="refused">{t("hindered")}</Badge>
          ) : (
            one.verdict !== null && <Badge meaning={MEANINGS[one.verdict]}>{t(`verdicts.${one.verdict}`)}</Badge>
          )}
          {toldOf(one).map((sentence) => (
            <Text key={sentence} size="sm" c="dimmed" maw={460}>
              {sentence}
            </Text>
          ))}
        </div>
      ),
    },
    {
      id: "gross",
      title: t("columns.gross"),
      numeric: true,
      cell: (one) => (one.gross === null || one.currency === null ? "–" : <Money amount={one.gross} currency={one.currency} />),
    },
  ];
  return (
    <Sheet title={t("previewTitle")}>
      <Stack gap="sm" mt="sm" aria-live="polite">
        <Sums sums={told.sums} hindered={told.hindered} />
        <LineTable caption={t("previewTitle")} columns={columns} lines={told.items} keyOf={(one) => String(one.place)} />
        {told.hindered > 0 && good > 0 && (
          <Checkbox label={t("keep", { count: good })} checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        )}
        <Refusal>{send.isError ? say(send.error) : null}</Refusal>
        <Group>
          <Button
            disabled={good === 0 || (told.hindered > 0 && !keep)}
            loading={send.isPending}
            onClick={() => send.mutate(keep && told.hindered > 0)}
          >
            {t("send", { count: good })}
          </Button>
        </Group>
      </Stack>
    </Sheet>
  );
}
