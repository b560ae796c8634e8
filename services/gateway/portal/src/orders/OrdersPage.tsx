import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { ORDER_STATUSES, partnershipsQuery, type OrderSummary } from "@/orders/queries";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { sum } from "@/ui/decimal";
import { DocumentCard } from "@/ui/DocumentCard";
import { Day, Money, useFormats } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

const WAITING = ["me", "confirmation", "date-decision", "draft"] as const satisfies readonly Schemas["OrderWaiting"][];

/** Purchase orders: of a customer those it has placed, of a supplier those it has been sent (S-001, S-021). */
export function OrdersPage(): ReactNode {
  const { t } = useTranslation("orders");
  const { t: ui } = useTranslation("ui");
  const me = useMe();
  usePageTitle(t("title"));
  const partners = usePartners();
  const orders = me.can("initiator", "supplier-manager", "buyer-admin");

  const columns = useMemo<Column<OrderSummary>[]>(() => {
    const supplies = me.kind === "supplier";
    const partner: Column<OrderSummary> = {
      id: "partner",
      title: t(supplies ? "columns.customer" : "columns.supplier"),
      cell: (row) => (supplies ? row.customer.name : row.supplier.name),
      sort: "partner",
    };
    const both: Column<OrderSummary>[] =
      me.kind === "operator"
        ? [{ id: "customer", title: t("columns.customer"), cell: (row) => row.customer.name }, partner]
        : [partner];
    return [
      {
        id: "number",
        title: t("columns.number"),
        cell: (row) => row.number,
        sort: "number",
      },
      ...both,
      { id: "status", title: t("columns.status"), cell: (row) => <StatusBadge kind="order" status={row.status} /> },
      {
        id: "ordered",
        title: t("columns.ordered"),
        cell: (row) => <Day day={row.order_date} />,
        sort: "date",
      },
      {
        id: "delivery",
        title: t("columns.delivery"),
        cell: (row) => <Day day={row.delivery_date} />,
        sort: "delivery",
      },
      { id: "initiator", title: t("columns.initiator"), cell: (row) => row.initiator.name, wideOnly: true },
      { id: "lines", title: t("columns.lines"), cell: (row) => row.line_count, numeric: true, wideOnly: true },
      {
        id: "gross",
        title: t("columns.gross"),
        cell: (row) => <Money amount={row.gross} currency={row.currency} />,
        numeric: true,
        sort: "gross",
        total: (rows) => <Totals rows={rows} />,
      },
    ];
  }, [t, me.kind]);

  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.status"),
        kind: "choices",
        options: ORDER_STATUSES.filter((status) => me.kind === "customer" || status !== "draft").map((status) => ({
          value: status,
          label: ui(`status.order.${status}`),
        })),
      },
      ...(partners.length > 0
        ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }]
        : []),
      {
        id: "waiting_for",
        label: t("filters.waiting"),
        kind: "choice",
        options: WAITING.map((what) => ({ value: what, label: t(`waiting.${what}`) })),
      },
      { id: "date_from", label: t("filters.from"), kind: "day" },
      { id: "date_to", label: t("filters.to"), kind: "day" },
      { id: "currency", label: t("filters.currency"), kind: "given" },
    ],
    [t, ui, partners, me.kind],
  );

  return (
    <DataList<OrderSummary>
      title={t("title")}
      name="orders"
      live={["order"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/orders/${row.id}`}
      files="/orders/export"
      empty={{
        title: t("empty.title"),
        text: t(me.kind === "supplier" ? "empty.supplier" : "empty.customer"),
        action: orders ? <NewOrder /> : undefined,
      }}
      {...(orders ? { actions: <NewOrder />, newAt: "/orders/new" } : {})}
      card={(row) => (
        <DocumentCard
          name={row.number}
          status={<StatusBadge kind="order" status={row.status} />}
          who={me.kind === "supplier" ? row.customer.name : row.supplier.name}
          amount={row.gross}
          currency={row.currency}
          note={
            <>
              {t("card.delivery")} <Day day={row.delivery_date} />
            </>
          }
        />
      )}
    />
  );
}

function NewOrder(): ReactNode {
  const { t } = useTranslation("orders");
  return (
    <Button component={Link} to="/orders/new" leftSection={<IconPlus size={16} />}>
      {t("new.button")}
    </Button>
  );
}

/** The address is the person's to write: what the API does not know in it, the API refuses. */
function ask({ filters, chosen, sort, after, limit }: Ask): Promise<Schemas["OrderPage"]> {
  return must(
    api.GET("/orders", {
      params: {
        query: {
          ...filters,
          status: chosen("status") as Schemas["OrderStatus"][] | undefined,
          sort: sort as Schemas["OrderSort"] | undefined,
          after,
          limit,
        },
      },
    }),
  );
}

/** One sum for each currency: what cannot be added is not added. */
function Totals({ rows }: { rows: readonly OrderSummary[] }): ReactNode {
  const { money } = useFormats();
  const currencies = [...new Set(rows.map((row) => row.currency))];
  return (
    <>
      {currencies.map((currency) => (
        <div key={currency}>
          {money(sum(rows.filter((row) => row.currency === currency).map((row) => row.gross)))} {currency}
        </div>
      ))}
    </>
  );
}

/** Those one trades with, to filter by; the operator has too many of them to choose from. */
export function usePartners(): { value: string; label: string }[] {
  const me = useMe();
  const found = useQuery({
    ...partnershipsQuery(),
    enabled: me.kind === "customer" || me.kind === "supplier",
  });
  return useMemo(
    () =>
      (found.data?.items ?? [])
        .map((one) => (me.kind === "supplier" ? one.customer : one.supplier))
        .map((party) => ({ value: party.id, label: party.name }))
        .sort((one, other) => one.label.localeCompare(other.label)),
    [found.data, me.kind],
  );
}
