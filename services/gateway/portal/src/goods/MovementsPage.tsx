/** Goods issues and goods receipts, newest first; each opens its order (S-202). */
import { Group, Text } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { useUnit } from "@/orders/units";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Day, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

type Movement = Schemas["GoodsMovement"];

function ask({ filters, after, limit }: Ask): Promise<Schemas["GoodsMovementPage"]> {
  return must(
    api.GET("/goods-movements", {
      params: { query: { after, limit, kind: filters.kind as Schemas["MovementKind"] | undefined } },
    }),
  );
}

export function MovementsPage(): ReactNode {
  const { t } = useTranslation("goods");
  const me = useMe();
  const title = t(me.kind === "customer" ? "fromSupplier" : "title");
  usePageTitle(title);
  const supplies = me.kind === "supplier";
  const columns = useMemo<Column<Movement>[]>(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number },
      { id: "kind", title: t("columns.kind"), cell: (row) => <Kind movement={row} /> },
      { id: "day", title: t("columns.day"), cell: (row) => <Day day={row.day} /> },
      { id: "order", title: t("columns.order"), cell: (row) => <span style={{ whiteSpace: "nowrap" }}>{row.order_number}</span> },
      {
        id: "partner",
        title: t(supplies ? "columns.customer" : "columns.supplier"),
        cell: (row) => (supplies ? row.customer.name : row.supplier.name),
      },
      { id: "lines", title: t("columns.lines"), cell: (row) => <Lines movement={row} /> },
      { id: "note", title: t("columns.note"), cell: (row) => row.note, wideOnly: true },
    ],
    [t, supplies],
  );
  const filters: Filter[] = [
    {
      id: "kind",
      label: t("columns.kind"),
      kind: "choice",
      options: (["goods-issue", "goods-receipt"] as const).map((kind) => ({ value: kind, label: t(`kinds.${kind}`) })),
    },
  ];
  return (
    <DataList<Movement>
      title={title}
      name="goods-movements"
      live={["order"]}
      columns={columns}
      filters={filters}
      searchable={false}
      ask={ask}
      to={(row) => `/orders/${row.order_id}`}
      empty={{ title: t("empty.title"), text: t(supplies ? "empty.supplier" : "empty.customer") }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.number}
            </Text>
            <Kind movement={row} />
          </Group>
          <Text size="sm" mt={4}>
            {row.order_number} · {supplies ? row.customer.name : row.supplier.name} · <Day day={row.day} />
          </Text>
          <Text size="sm" c="dimmed" component="div">
            <Lines movement={row} />
          </Text>
        </>
      )}
    />
  );
}

function Kind({ movement }: { movement: Movement }): ReactNode {
  const { t } = useTranslation("goods");
  const rejected = movement.lines.some((line) => Number(line.rejected_quantity) > 0);
  return (
    <Badge meaning={rejected ? "refused" : movement.kind === "goods-issue" ? "waiting" : "accepted"}>
      {t(rejected ? "kinds.rejected" : `kinds.${movement.kind}`)}
    </Badge>
  );
}

/** The first lines; how many more there are. */
function Lines({ movement }: { movement: Movement }): ReactNode {
  const { t } = useTranslation("goods");
  const { quantity } = useFormats();
  const unit = useUnit();
  const shown = movement.lines.slice(0, 2).map((line) => `${quantity(line.quantity)} ${unit(line.unit)} ${line.description}`);
  const more = movement.lines.length - shown.length;
  return (
    <>
      {shown.join(", ")}
      {more > 0 && ` ${t("more", { count: more })}`}
    </>
  );
}
