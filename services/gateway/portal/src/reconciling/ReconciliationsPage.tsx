/** Reconciliation statements of both sides: what waits for an answer, what is settled (S-200, S-214). */
import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { AccountTabs } from "@/money/AccountTabs";
import { usePartners } from "@/orders/OrdersPage";
import { STATUSES, type Summary } from "@/reconciling/queries";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Day, Money, useFormats } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

export function ReconciliationsPage(): ReactNode {
  const { t } = useTranslation("reconciling");
  const { t: ui } = useTranslation("ui");
  const me = useMe();
  const { money, day } = useFormats();
  const [asked] = useSearchParams();
  usePageTitle(t("title"));
  const partners = usePartners();
  const partner = asked.get("partner_id");
  const keeps = me.can("buyer-accounting", "buyer-admin", "supplier-user", "supplier-admin");
  const columns = useMemo<Column<Summary>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number ?? t("draft") },
      ...(["customer", "supplier"] as const)
        .filter((side) => side !== me.kind)
        .map((side) => ({ id: side, title: t(`columns.${side}`), cell: (row: Summary) => row[side].name })),
      { id: "author", title: t("columns.author"), cell: (row) => row.author.name, wideOnly: true },
      {
        id: "period",
        title: t("columns.period"),
        cell: (row) => (
          <>
            <Day day={row.date_from} /> – <Day day={row.date_to} />
          </>
        ),
        sort: "date",
      },
      { id: "status", title: t("columns.status"), cell: (row) => <StatusBadge kind="reconciliation" status={row.status} /> },
      {
        id: "receivable",
        title: t("columns.receivable"),
        cell: (row) => <Money amount={row.receivable} currency={row.currency} />,
        numeric: true,
        sort: "receivable",
      },
      {
        id: "payable",
        title: t("columns.payable"),
        cell: (row) => (Number(row.payable) === 0 ? "–" : <Money amount={row.payable} currency={row.currency} />),
        numeric: true,
      },
    ],
    [t, me.kind],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "status",
        label: t("columns.status"),
        kind: "choices",
        options: STATUSES.map((status) => ({ value: status, label: ui(`status.reconciliation.${status}`) })),
      },
      ...(partners.length > 0 ? [{ id: "partner_id", label: t("columns.partner"), kind: "choice" as const, options: partners }] : []),
      { id: "date_from", label: t("filters.from"), kind: "day" },
      { id: "date_to", label: t("filters.to"), kind: "day" },
    ],
    [t, ui, partners],
  );
  return (
    <>
      {partner !== null && me.kind !== "operator" && <AccountTabs partner={partner} />}
      <DataList<Summary>
        title={t("title")}
        name="reconciliations"
        live={["reconciliation"]}
        columns={columns}
        filters={filters}
        ask={ask}
        to={(row) => `/reconciliations/${row.id}`}
        files="/reconciliations/export"
        {...(keeps
          ? {
              actions: (
                <Button
                  component={Link}
                  to={`/reconciliations/new${partner === null ? "" : `?partner=${partner}`}`}
                  leftSection={<IconPlus size={16} stroke={1.6} />}
                >
                  {t("new.button")}
                </Button>
              ),
            }
          : {})}
        empty={{ title: t("empty"), text: t("emptyText") }}
        card={(row) => (
          <>
            <Group justify="space-between" wrap="nowrap">
              <Text fw={600} c="var(--mantine-color-anchor)">
                {row.number ?? t("draft")}
              </Text>
              <StatusBadge kind="reconciliation" status={row.status} />
            </Group>
            <Group justify="space-between" wrap="nowrap" mt={4}>
              <Text size="sm" truncate>
                {me.kind === "supplier" ? row.customer.name : row.supplier.name}
              </Text>
              <Text size="sm" fw={600} className="num">
                {money(row.receivable)} {row.currency}
              </Text>
            </Group>
            <Text size="xs" c="dimmed" mt={2}>
              {day(row.date_from)} – {day(row.date_to)}
            </Text>
          </>
        )}
      />
    </>
  );
}

function ask({ filters, chosen, sort, after, limit }: Ask): Promise<Schemas["ReconciliationPage"]> {
  return must(
    api.GET("/reconciliations", {
      params: {
        query: {
          ...filters,
          status: chosen("status") as Schemas["ReconciliationStatus"][] | undefined,
          sort: sort as Schemas["ReconciliationSort"] | undefined,
          after,
          limit,
        },
      },
    }),
  );
}
