import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/session";
import { usePageTitle } from "@/shell/usePageTitle";
import { askPartnerships, type Partnership } from "@/suppliers/queries";
import { DataList, type Column, type Filter } from "@/ui/DataList";
import { Money } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

/** The suppliers a customer trades with: their terms at a glance, and the way to more of them (S-004). */
export function SuppliersPage(): ReactNode {
  const { t } = useTranslation("suppliers");
  const me = useMe();
  const keeps = me.can("supplier-manager", "buyer-admin");
  usePageTitle(t("title"));
  const columns = useMemo<Column<Partnership>[]>(
    () => [
      { id: "name", title: t("columns.name"), cell: (row) => row.supplier.name },
      { id: "portal", title: t("columns.portal"), cell: (row) => <PortalBadge enabled={row.enabled} /> },
      {
        id: "tolerance",
        title: t("columns.tolerance"),
        cell: (row) => <Rate partnership={row} />,
        numeric: true,
      },
      { id: "currency", title: t("columns.currency"), cell: (row) => row.currency },
      {
        id: "minimum",
        title: t("columns.minimum"),
        cell: (row) => (Number(row.minimum_order) === 0 ? "–" : <Money amount={row.minimum_order} />),
        numeric: true,
      },
      { id: "lead", title: t("columns.lead"), cell: (row) => t("days", { count: row.lead_time_days }), numeric: true },
      { id: "payment", title: t("columns.payment"), cell: (row) => t("days", { count: row.payment_days }), numeric: true },
      {
        id: "responsible",
        title: t("columns.responsible"),
        cell: (row) => row.customer_contact?.name ?? "–",
        wideOnly: true,
      },
    ],
    [t],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "enabled",
        label: t("columns.portal"),
        kind: "choice",
        options: [
          { value: "on", label: t("portal.on") },
          { value: "off", label: t("portal.off") },
        ],
      },
    ],
    [t],
  );
  const add = keeps ? (
    <Button component={Link} to="/suppliers/add" leftSection={<IconPlus size={16} />}>
      {t("add.button")}
    </Button>
  ) : undefined;
  return (
    <DataList<Partnership>
      title={t("title")}
      name="partnerships"
      live={["partnership"]}
      columns={columns}
      filters={filters}
      ask={askPartnerships}
      to={(row) => `/suppliers/${row.id}`}
      actions={add}
      {...(keeps ? { newAt: "/suppliers/add" } : {})}
      empty={{ title: t("empty.title"), text: t(keeps ? "empty.text" : "empty.reader"), action: add }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.supplier.name}
            </Text>
            <PortalBadge enabled={row.enabled} />
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {t("columns.tolerance")} <Rate partnership={row} /> · {row.currency} ·{" "}
            {t("card.payment", { days: t("days", { count: row.payment_days }) })}
          </Text>
        </>
      )}
    />
  );
}

export function PortalBadge({ enabled }: { enabled: boolean }): ReactNode {
  const { t } = useTranslation("suppliers");
  return <Badge meaning={enabled ? "accepted" : "refused"}>{t(enabled ? "portal.on" : "portal.off")}</Badge>;
}

function Rate({ partnership }: { partnership: Partnership }): ReactNode {
  const { t } = useTranslation("suppliers");
  return t("terms.rateOf", {
    rate: Number(partnership.tolerance_rate ?? 0),
    base: t(`terms.${partnership.tolerance_base ?? "net"}`),
  });
}
