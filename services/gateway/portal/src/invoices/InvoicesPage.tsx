import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { daysLate } from "@/invoices/late";
import { INVOICE_STATUSES, type InvoiceSummary } from "@/invoices/queries";
import { usePartners } from "@/orders/OrdersPage";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { sum } from "@/ui/decimal";
import { Day, Money, useFormats } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";
import { useWorked } from "@/waiting/worked";

/** What may wait for a side; a supplier decides and pays nothing. */
const WAITING: Partial<Record<string, readonly Schemas["InvoiceWaiting"][]>> = {
  customer: ["me", "decision", "payment"],
  supplier: ["me", "rework", "draft"],
  operator: ["escalation"],
};

/** Invoices: a supplier's of any status, a customer's once they were sent (S-041). */
export function InvoicesPage(): ReactNode {
  const { t } = useTranslation("invoices");
  const { t: ui } = useTranslation("ui");
  const me = useMe();
  const { money } = useFormats();
  usePageTitle(t("title"));
  const partners = usePartners();

  const columns = useMemo<Column<InvoiceSummary>[]>(() => {
    const partner = (side: "customer" | "supplier", sort: boolean): Column<InvoiceSummary> => ({
      id: side,
      title: t(`columns.${side}`),
      cell: (row) => row[side].name,
      ...(sort ? { sort: "partner" } : {}),
    });
    return [
      { id: "number", title: t("columns.number"), cell: (row) => row.number ?? t("unnumbered"), sort: "number" },
      ...(me.kind === "operator"
        ? [partner("customer", false), partner("supplier", false)]
        : [partner(me.kind === "supplier" ? "customer" : "supplier", true)]),
      { id: "status", title: t("columns.status"), cell: (row) => <Standing row={row} /> },
      { id: "order", title: t("columns.order"), cell: (row) => <span style={{ whiteSpace: "nowrap" }}>{row.order_number}</span>, wideOnly: true },
      { id: "issued", title: t("columns.issued"), cell: (row) => <Day day={row.issue_date} />, sort: "date" },
      { id: "due", title: t("columns.due"), cell: (row) => <DueDay row={row} />, sort: "due" },
      {
        id: "gross",
        title: t("columns.gross"),
        cell: (row) => <Money amount={row.gross} currency={row.currency} />,
        numeric: true,
        sort: "gross",
        total: (rows) => <Totals rows={rows} of="gross" />,
      },
      {
        id: "open",
        title: t("columns.open"),
        // Nothing is owed of what is not approved, and of what is paid: a dash says so more quietly than 0.00.
        cell: (row) => (Number(row.open) === 0 ? "–" : <Money amount={row.open} currency={row.currency} />),
        numeric: true,
        total: (rows) => <Totals rows={rows} of="open" />,
      },
    ];
  }, [t, me.kind]);

  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.status"),
        kind: "choices",
        options: INVOICE_STATUSES.map((status) => ({ value: status, label: ui(`status.invoice.${status}`) })),
      },
      ...(partners.length > 0
        ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }]
        : []),
      ...(WAITING[me.kind ?? ""]
        ? [
            {
              id: "waiting_for",
              label: t("filters.waiting"),
              kind: "choice" as const,
              options: (WAITING[me.kind ?? ""] ?? []).map((what) => ({ value: what, label: t(`waiting.${what}`) })),
            },
          ]
        : []),
      {
        id: "originals",
        label: t("originals.title"),
        kind: "choice",
        options: (["received", "missing"] as const).map((which) => ({ value: which, label: t(`originals.filter.${which}`) })),
      },
      {
        id: "answered",
        label: t("filters.answered"),
        kind: "choice",
        options: (["in-time", "late", "overdue"] as const).map((how) => ({ value: how, label: t(`answered.${how}`) })),
      },
      { id: "date_from", label: t("filters.from"), kind: "day" },
      { id: "date_to", label: t("filters.to"), kind: "day" },
      { id: "due_from", label: t("filters.dueFrom"), kind: "day" },
      { id: "due_to", label: t("filters.dueTo"), kind: "day" },
      { id: "order_id", label: t("columns.order"), kind: "given" },
      { id: "currency", label: t("filters.currency"), kind: "given" },
    ],
    [t, ui, partners, me.kind],
  );

  const begin =
    me.kind === "supplier" ? (
      <>
        <Button component={Link} to="/invoices/bulk" variant="default">
          {t("new.many")}
        </Button>
        <Button component={Link} to="/invoices/new" leftSection={<IconPlus size={16} />}>
          {t("new.button")}
        </Button>
      </>
    ) : undefined;

  return (
    <DataList<InvoiceSummary>
      title={t("title")}
      name="invoices"
      live={["invoice"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/invoices/${row.id}`}
      files="/invoices/export"
      actions={begin}
      {...(me.kind === "supplier" ? { newAt: "/invoices/new" } : {})}
      empty={{
        title: t("empty.title"),
        text: t(me.kind === "supplier" ? "empty.supplier" : "empty.customer"),
        action: begin,
      }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.number ?? t("unnumbered")}
            </Text>
            <StatusBadge kind="invoice" status={row.status} />
          </Group>
          <Group justify="space-between" wrap="nowrap" mt={4}>
            <Text size="sm" truncate>
              {me.kind === "supplier" ? row.customer.name : row.supplier.name}
            </Text>
            <Text size="sm" fw={600} className="num">
              {money(row.gross)} {row.currency}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" mt={2}>
            {t("card.due")} <DueDay row={row} />
          </Text>
        </>
      )}
    />
  );
}

/** The address is the person's to write: what the API does not know in it, the API refuses. */
function ask({ filters, chosen, sort, after, limit }: Ask): Promise<Schemas["InvoicePage"]> {
  return must(
    api.GET("/invoices", {
      params: {
        query: {
          ...(filters as { waiting_for?: Schemas["InvoiceWaiting"]; answered?: Schemas["Answered"]; originals?: Schemas["OriginalsFilter"] }),
          status: chosen("status") as Schemas["InvoiceStatus"][] | undefined,
          sort: sort as Schemas["InvoiceSort"] | undefined,
          after,
          limit,
        },
      },
    }),
  );
}

/** When it is to be paid; how late it is where something is still owed. */
export function DueDay({ row }: { row: Pick<InvoiceSummary, "due_date" | "open"> }): ReactNode {
  const { t } = useTranslation("invoices");
  const late = Number(row.open) > 0 ? daysLate(row.due_date) : 0;
  return (
    <>
      <Day day={row.due_date} />
      {late > 0 && (
        <>
          {" "}
          <Text span size="xs" c="var(--mantine-color-error)" style={{ whiteSpace: "nowrap" }}>
            {t("overdue", { count: late })}
          </Text>
        </>
      )}
    </>
  );
}

/** Its status; how long it waits in working time, and with whom (S-063). */
function Standing({ row }: { row: InvoiceSummary }): ReactNode {
  const worked = useWorked();
  const waits = row.waited === null ? [] : [worked(row.waited)];
  if (row.status === "pending") waits.push(row.deputy?.name ?? row.initiator.name);
  return (
    <>
      <StatusBadge kind="invoice" status={row.status} />
      {waits.map((what) => (
        <Text key={what} size="xs" c="dimmed" mt={2}>
          {what}
        </Text>
      ))}
    </>
  );
}

/** One sum for each currency: what cannot be added is not added. */
function Totals({ rows, of }: { rows: readonly InvoiceSummary[]; of: "gross" | "open" }): ReactNode {
  const { money } = useFormats();
  const currencies = [...new Set(rows.map((row) => row.currency))];
  return (
    <>
      {currencies.map((currency) => (
        <div key={currency}>
          {money(sum(rows.filter((row) => row.currency === currency).map((row) => row[of])))} {currency}
        </div>
      ))}
    </>
  );
}
