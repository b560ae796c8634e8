/** How often invoices differ from their orders, and the advice to work on the catalogue (S-062). */
import { Alert, Anchor, Button, Group, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { usePageTitle } from "@/shell/usePageTitle";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { Sheet } from "@/ui/DocumentPage";
import { useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

type Rate = Schemas["DiscrepancyRate"];
type By = Schemas["DiscrepancyBy"];
type Kind = Schemas["DiscrepancyKind"];

export function DiscrepanciesPage(): ReactNode {
  const { t } = useTranslation("discrepancies");
  const me = useMe();
  const { quantity } = useFormats();
  usePageTitle(t("title"));
  const [asked, ask] = useSearchParams();
  const first: By = me.kind === "supplier" ? "customer" : "supplier";
  const by: By = asked.get("by") === "item" ? "item" : first;
  const period = { date_from: asked.get("date_from") ?? undefined, date_to: asked.get("date_to") ?? undefined };
  const supplier = asked.get("supplier_id") ?? undefined;
  const found = useQuery({
    queryKey: ["discrepancies", by, period, supplier],
    queryFn: () => must(api.GET("/discrepancies", { params: { query: { by, ...period, supplier_id: supplier } } })),
    placeholderData: keepPreviousData,
    meta: { live: ["invoice", "order", "discrepancy_advice"] },
  });
  const choose = (name: string, value: string): void => {
    const next = new URLSearchParams(asked);
    if (value) next.set(name, value);
    else next.delete(name);
    ask(next, { replace: true });
  };
  const told = found.data;
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("title")}</Title>
        <Text c="dimmed" maw={720}>
          {t("text")}
        </Text>
      </div>
      <Group gap="md" align="flex-end">
        <TextInput
          type="date"
          label={t("from")}
          value={told?.date_from ?? period.date_from ?? ""}
          onChange={(event) => choose("date_from", event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t("to")}
          value={told?.date_to ?? period.date_to ?? ""}
          onChange={(event) => choose("date_to", event.currentTarget.value)}
        />
        <div role="group" aria-label={t("count")}>
          <Button.Group>
            {([first, "item"] as const).map((one) => (
              <Button key={one} variant={one === by ? "filled" : "default"} aria-pressed={one === by} onClick={() => choose("by", one === "item" ? "item" : "")}>
                {t(`by.${one}`)}
              </Button>
            ))}
          </Button.Group>
        </div>
      </Group>
      {found.isError ? (
        <ErrorState error={found.error} again={() => void found.refetch()} />
      ) : told === undefined ? (
        <Skeleton height={240} />
      ) : (
        <>
          {me.kind === "supplier" && told.total.advised && (
            <Alert color="orange" variant="light" title={t("advice.title")} styles={{ title: { color: "var(--mantine-color-text)" } }}>
              <Text mb="xs">{t("advice.text", { rate: quantity(told.total.rate), threshold: quantity(told.threshold) })}</Text>
              <Button component={Link} to="/products" size="xs" variant="default">
                {t("advice.catalogue")}
              </Button>
            </Alert>
          )}
          {told.items.length === 0 ? (
            <Sheet>
              <EmptyState title={t("empty")} text={t("emptyText")} />
            </Sheet>
          ) : (
            <Rates told={told} by={by} supplier={supplier} />
          )}
          {me.kind === "operator" && <Threshold threshold={told.threshold} />}
        </>
      )}
    </Stack>
  );
}

/** Where the lines behind a figure are. */
function behind(told: Schemas["Discrepancies"], row: Rate | null, kind?: Kind, supplier?: string): string {
  const query = new URLSearchParams({ date_from: told.date_from, date_to: told.date_to });
  const of = row?.supplier?.id ?? supplier;
  if (of) query.set("supplier_id", of);
  if (row?.customer) query.set("customer_id", row.customer.id);
  if (row?.item_number) query.set("item_number", row.item_number);
  if (kind) query.set("kind", kind);
  return `/discrepancies/lines?${query.toString()}`;
}

function Rates({ told, by, supplier }: { told: Schemas["Discrepancies"]; by: By; supplier: string | undefined }): ReactNode {
  const { t } = useTranslation("discrepancies");
  const me = useMe();
  const { quantity } = useFormats();
  const figure = (row: Rate, kind: Kind): ReactNode =>
    row[kind] === 0 ? (
      "–"
    ) : (
      <Anchor component={Link} to={behind(told, row, kind, supplier)} aria-label={t("open", { count: row[kind], kind: t(`kinds.${kind}`), name: nameOf(row) })}>
        {row[kind]}
      </Anchor>
    );
  const nameOf = (row: Rate): string =>
    by === "item" ? (row.item_number ?? row.description ?? t("noItem")) : ((by === "customer" ? row.customer?.name : row.supplier?.name) ?? "");
  const columns: LineColumn<Rate>[] = [
    {
      id: "name",
      title: t(`by.${by}`),
      cell: (row) => (
        <div>
          {nameOf(row)}
          {by === "item" && (
            <Text size="xs" c="dimmed">
              {[row.description, me.kind === "supplier" ? null : row.supplier?.name].filter(Boolean).join(" · ")}
            </Text>
          )}
        </div>
      ),
    },
    {
      id: "rate",
      title: t("rate"),
      numeric: true,
      cell: (row) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {row.advised && <Badge meaning="waiting">{t("advised")}</Badge>}
          <strong className="num">{quantity(row.rate)} %</strong>
        </Group>
      ),
    },
    {
      id: "differing",
      title: t(by === "item" ? "differingLines" : "differing"),
      numeric: true,
      cell: (row) => {
        const [some, of] = by === "item" ? [row.differing_lines, row.lines] : [row.differing, row.invoices];
        return some === 0 ? (
          t("of", { some, of })
        ) : (
          <Anchor component={Link} to={behind(told, row, undefined, supplier)}>
            {t("of", { some, of })}
          </Anchor>
        );
      },
    },
    { id: "price", title: t("kinds.price"), numeric: true, cell: (row) => figure(row, "price") },
    { id: "quantity", title: t("kinds.quantity"), numeric: true, cell: (row) => figure(row, "quantity") },
    { id: "item", title: t("kinds.item"), numeric: true, cell: (row) => figure(row, "item") },
  ];
  return (
    <LineTable
      caption={t("title")}
      columns={columns}
      lines={told.items}
      keyOf={(row) => `${row.supplier?.id} ${row.customer?.id} ${row.item_number} ${row.description}`}
      totals={[
        [t("threshold"), `${quantity(told.threshold)} %`],
        [t("total"), <strong key="total">{t("totalRate", { rate: quantity(told.total.rate), some: told.total.differing, of: told.total.invoices })}</strong>],
      ]}
    />
  );
}

/** From when on work on the catalogue is advised: the operator's choice. */
function Threshold({ threshold }: { threshold: string }): ReactNode {
  const { t } = useTranslation("discrepancies");
  const me = useMe();
  const say = useSay();
  const [typed, setTyped] = useState(threshold);
  const set = useChange({
    send: (chosen: string, header) =>
      must(api.POST("/discrepancies/set-advice", { params: { header }, body: { threshold: chosen.trim().replace(",", ".") } })),
    invalidates: () => [["discrepancies"]],
  });
  if (!me.can("operator-catalogue", "operator-management")) return null;
  return (
    <Sheet title={t("advice.set")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate(typed);
        }}
      >
        <Stack gap="xs" mt="xs">
          <TextInput
            label={t("advice.percent")}
            description={t("advice.hint")}
            inputMode="decimal"
            maw={280}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Refusal>{set.isError ? say(set.error) : null}</Refusal>
          <Group>
            <Button type="submit" size="sm" loading={set.isPending}>
              {t("advice.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Sheet>
  );
}
