import { Button } from "@mantine/core";
import { IconCalendarEvent } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { STATUSES, type Summary } from "@/consolidation/queries";
import { DueDay } from "@/invoices/InvoicesPage";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { DocumentCard } from "@/ui/DocumentCard";
import { Day, Money } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

/** What the operator has sent its customers on the 15th and the 30th: all of it, or a customer's own (S-083). */
export function ConsolidatedPage(): ReactNode {
  const { t } = useTranslation("consolidation");
  const { t: ui } = useTranslation("ui");
  const me = useMe();
  const operates = me.kind === "operator";
  usePageTitle(t("title"));

  const columns = useMemo<Column<Summary>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number },
      ...(operates
        ? [{ id: "customer", title: t("columns.customer"), cell: (row: Summary) => row.customer.name }]
        : [{ id: "operator", title: t("columns.operator"), cell: (row: Summary) => row.operator.name }]),
      { id: "status", title: t("columns.status"), cell: (row) => <StatusBadge kind="consolidated" status={row.status} /> },
      { id: "day", title: t("columns.day"), cell: (row) => <Day day={row.day} /> },
      { id: "due", title: t("columns.due"), cell: (row) => <DueDay row={row} /> },
      { id: "invoices", title: t("columns.invoices"), cell: (row) => row.invoices, numeric: true },
      { id: "gross", title: t("columns.gross"), cell: (row) => <Money amount={row.gross} currency={row.currency} />, numeric: true },
      {
        id: "open",
        title: t("columns.open"),
        cell: (row) => (Number(row.open) === 0 ? "–" : <Money amount={row.open} currency={row.currency} />),
        numeric: true,
      },
    ],
    [t, operates],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.status"),
        kind: "choices",
        options: STATUSES.map((status) => ({ value: status, label: ui(`status.consolidated.${status}`) })),
      },
      { id: "date_from", label: t("filters.from"), kind: "day" },
      { id: "date_to", label: t("filters.to"), kind: "day" },
      { id: "run_id", label: t("filters.run"), kind: "given" },
      { id: "customer_id", label: t("columns.customer"), kind: "given" },
      { id: "currency", label: t("filters.currency"), kind: "given" },
    ],
    [t, ui],
  );

  return (
    <DataList<Summary>
      title={t("title")}
      name="consolidated-invoices"
      live={["consolidation"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/consolidated-invoices/${row.id}`}
      files="/consolidated-invoices/export"
      actions={
        operates ? (
          <Button component={Link} to="/consolidated-invoices/runs" leftSection={<IconCalendarEvent size={16} />}>
            {t("runs.button")}
          </Button>
        ) : undefined
      }
      empty={{ title: t("empty.title"), text: t(operates ? "empty.operator" : "empty.customer") }}
      card={(row) => (
        <DocumentCard
          name={row.number}
          status={<StatusBadge kind="consolidated" status={row.status} />}
          who={operates ? row.customer.name : t("card.invoices", { count: row.invoices })}
          amount={row.gross}
          currency={row.currency}
        />
      )}
    />
  );
}

function ask({ filters, chosen, after, limit }: Ask): Promise<Schemas["ConsolidatedPage"]> {
  return must(
    api.GET("/consolidated-invoices", {
      params: {
        query: { ...filters, status: chosen("status") as Schemas["ConsolidatedStatus"][] | undefined, after, limit },
      },
    }),
  );
}
