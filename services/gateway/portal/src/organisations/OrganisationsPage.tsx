import { Button, Group, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { useCountryName } from "@/organisation/places";
import type { Organisation } from "@/organisation/queries";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { Moment } from "@/ui/numbers";

const KINDS = ["customer", "supplier", "operator"] as const satisfies readonly Schemas["OrganisationKind"][];

/** Everybody the operator looks after. */
export function OrganisationsPage(): ReactNode {
  const { t } = useTranslation("organisations");
  const { t: shell } = useTranslation("shell");
  const me = useMe();
  const country = useCountryName();
  usePageTitle(t("title"));
  const columns = useMemo<Column<Organisation>[]>(
    () => [
      { id: "name", title: t("columns.name"), cell: (row) => row.name },
      { id: "kind", title: t("columns.kind"), cell: (row) => shell(`kinds.${row.kind}`) },
      {
        id: "place",
        title: t("columns.place"),
        cell: (row) => [row.address?.city, country(row.country)].filter(Boolean).join(", "),
      },
      { id: "tax", title: t("columns.tax"), cell: (row) => row.tax_number ?? "–" },
      { id: "email", title: t("columns.email"), cell: (row) => row.contact.email ?? "–", wideOnly: true },
      { id: "since", title: t("columns.since"), cell: (row) => <Moment at={row.registered_at} />, wideOnly: true },
    ],
    [t, shell, country],
  );
  const filters = useMemo<Filter[]>(
    () => [
      {
        id: "kind",
        label: t("columns.kind"),
        kind: "choice",
        options: KINDS.map((value) => ({ value, label: shell(`kinds.${value}`) })),
      },
    ],
    [t, shell],
  );
  const may = me.can("operator-support", "operator-management");
  return (
    <DataList<Organisation>
      title={t("title")}
      name="organisations"
      live={["organisation"]}
      columns={columns}
      filters={filters}
      ask={ask}
      to={(row) => `/organisations/${row.id}`}
      actions={
        may && (
          <Button component={Link} to="/organisations/register" leftSection={<IconPlus size={16} />}>
            {t("register.button")}
          </Button>
        )
      }
      {...(may ? { newAt: "/organisations/register" } : {})}
      empty={{ title: t("empty.title"), text: t("empty.text") }}
      card={(row) => (
        <>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600} c="var(--mantine-color-anchor)">
              {row.name}
            </Text>
            <Text size="sm">{shell(`kinds.${row.kind}`)}</Text>
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {[row.address?.city, country(row.country), row.tax_number].filter(Boolean).join(" · ")}
          </Text>
        </>
      )}
    />
  );
}

function ask({ filters, after, limit }: Ask): Promise<Schemas["OrganisationPage"]> {
  return must(
    api.GET("/organisations", {
      params: { query: { ...filters, kind: filters.kind as Schemas["OrganisationKind"] | undefined, after, limit } },
    }),
  );
}
