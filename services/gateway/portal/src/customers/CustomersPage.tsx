import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/session";
import { usePageTitle } from "@/shell/usePageTitle";
import { askPartnerships, type Partnership } from "@/suppliers/queries";
import { PortalBadge } from "@/suppliers/SuppliersPage";
import { DataList, type Column } from "@/ui/DataList";
import { Money } from "@/ui/numbers";

/** The customers a supplier delivers to, with the terms as far as they are told. */
export function CustomersPage(): ReactNode {
  const { t } = useTranslation("customers");
  const me = useMe();
  const may = me.can("supplier-admin");
  usePageTitle(t("title"));
  const columns = useMemo<Column<Partnership>[]>(
    () => [
      { id: "name", title: t("columns.name"), cell: (row) => row.customer.name },
      { id: "portal", title: t("columns.portal"), cell: (row) => <PortalBadge enabled={row.enabled} /> },
      { id: "contact", title: t("columns.contact"), cell: (row) => row.customer_contact?.name ?? "–" },
      { id: "currency", title: t("columns.currency"), cell: (row) => row.currency },
      {
        id: "minimum",
        title: t("columns.minimum"),
        cell: (row) => (Number(row.minimum_order) === 0 ? "–" : <Money amount={row.minimum_order} />),
        numeric: true,
      },
      { id: "lead", title: t("columns.lead"), cell: (row) => t("days", { count: row.lead_time_days }), numeric: true },
      { id: "payment", title: t("columns.payment"), cell: (row) => t("days", { count: row.payment_days }), numeric: true },
    ],
    [t],
  );
  const add = may ? (
    <Button component={Link} to="/customers/register" leftSection={<IconPlus size={16} />}>
      {t("register.button")}
    </Button>
  ) : undefined;
  return (
    <DataList<Partnership>
      title={t("title")}
      name="partnerships"
      live={["partnership"]}
      columns={columns}
      ask={askPartnerships}
      to={(row) => `/customers/${row.id}`}
      actions={add}
      {...(may ? { newAt: "/customers/register" } : {})}
      empty={{ title: t("empty.title"), text: t("empty.text"), action: add }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.customer.name}
            </Text>
            <PortalBadge enabled={row.enabled} />
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {[row.customer_contact?.name, row.currency, t("days", { count: row.payment_days })].filter(Boolean).join(" · ")}
          </Text>
        </>
      )}
    />
  );
}
