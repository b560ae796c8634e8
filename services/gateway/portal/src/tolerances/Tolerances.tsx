import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconPlus } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { useMe } from "@/api/session";
import { standingOn, tolerancesQuery, type Tolerance } from "@/tolerances/queries";
import { SetTolerance } from "@/tolerances/SetTolerance";
import { useLimit } from "@/tolerances/words";
import { Coming } from "@/ui/Coming";
import { Confirm } from "@/ui/Confirm";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Moment, useFormats } from "@/ui/numbers";
import { Badge, type Meaning } from "@/ui/StatusBadge";

const MEANINGS: Record<string, Meaning> = { holds: "accepted", will: "waiting", over: "quiet" };

/** Tolerances with their history: what was set, by whom, from when to when; nothing is ever overwritten. */
export function Tolerances({ supplier }: { supplier: { id: string; name: string; currency: string } | null }): ReactNode {
  const { t } = useTranslation("tolerances");
  const me = useMe();
  const limit = useLimit();
  const may = me.can("supplier-manager", "buyer-admin");
  const [setting, setSetting] = useState(false);
  const [ending, setEnding] = useState<Tolerance | null>(null);
  const found = useInfiniteQuery(tolerancesQuery(supplier?.id ?? null));
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  const lines = found.data?.pages.flatMap((page) => page.items);
  const today = new Date().toISOString().slice(0, 10);
  const columns: LineColumn<Tolerance>[] = [
    {
      id: "measure",
      title: t("columns.measure"),
      cell: ({ terms }) => (
        <div>
          <strong>{t(`measures.${terms.measure}`)}</strong>
          <Text size="sm" c="dimmed" fw={400}>
            {t(`directions.${terms.direction}`)}
          </Text>
        </div>
      ),
    },
    {
      id: "scope",
      title: t("columns.scope"),
      cell: ({ terms, supplier: of }) =>
        [
          of === null ? t("scopes.customer") : supplier === null || terms.scope === "supplier" ? of.name : null,
          terms.category && t("columns.category", { name: terms.category }),
          terms.item_number && t("columns.item", { number: terms.item_number }),
        ]
          .filter(Boolean)
          .join(" · "),
    },
    { id: "limit", title: t("columns.limit"), cell: ({ terms }) => limit(terms) ?? t("limit.unchecked") },
    {
      id: "state",
      title: t("columns.state"),
      cell: (tolerance) => {
        const standing = standingOn(today, tolerance);
        return <Badge meaning={MEANINGS[standing] ?? "quiet"}>{t(`standing.${standing}`)}</Badge>;
      },
    },
    {
      id: "days",
      title: t("columns.days"),
      cell: (tolerance) => <Span tolerance={tolerance} />,
    },
    {
      id: "who",
      title: t("columns.who"),
      cell: (tolerance) => (
        <div>
          {tolerance.set_by.name}, <Moment at={tolerance.set_at} />
          {tolerance.ended_by !== null && tolerance.ended_at !== null && (
            <Text size="sm" c="dimmed">
              {t("columns.ended", { name: tolerance.ended_by.name })} <Moment at={tolerance.ended_at} />
            </Text>
          )}
        </div>
      ),
    },
    ...(may
      ? [
          {
            id: "actions",
            title: t("columns.actions"),
            numeric: true,
            cell: (tolerance: Tolerance) =>
              standingOn(today, tolerance) === "over" ? null : (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t("endOne", { what: t(`measures.${tolerance.terms.measure}`) })}
                  onClick={() => setEnding(tolerance)}
                >
                  {t("end")}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <section aria-labelledby="tolerances">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} id="tolerances">
            {t("title")}
          </Title>
          <Text c="dimmed" maw={640}>
            {t(supplier === null ? "textAll" : "text")}
          </Text>
        </div>
        {may && (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setSetting(true)}>
            {t("set")}
          </Button>
        )}
      </Group>
      {found.isPending && <Coming />}
      {lines?.length === 0 ? (
        <Sheet>
          <EmptyState title={t("emptyTitle")} text={t("emptyText")} />
        </Sheet>
      ) : (
        lines !== undefined && (
          <Stack gap="md">
            <LineTable caption={t("title")} columns={columns} lines={lines} keyOf={(one) => one.id} />
            {found.hasNextPage && (
              <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
                {t("more")}
              </Button>
            )}
          </Stack>
        )
      )}
      {setting && <SetTolerance supplier={supplier} onClose={() => setSetting(false)} />}
      {ending !== null && <EndTolerance tolerance={ending} onClose={() => setEnding(null)} />}
    </section>
  );
}

function Span({ tolerance }: { tolerance: Tolerance }): ReactNode {
  const { t } = useTranslation("tolerances");
  // Replaced on the day it was set.
  if (tolerance.valid_to !== null && tolerance.valid_to < tolerance.valid_from) return t("columns.never");
  return (
    <>
      <Day day={tolerance.valid_from} /> – {tolerance.valid_to === null ? t("columns.open") : <Day day={tolerance.valid_to} />}
    </>
  );
}

function EndTolerance({ tolerance, onClose }: { tolerance: Tolerance; onClose: () => void }): ReactNode {
  const { t } = useTranslation("tolerances");
  const { day } = useFormats();
  const limit = useLimit();
  const end = useChange({
    send: (_: null, header) =>
      must(
        api.POST("/tolerances/{tolerance_id}/end", {
          params: { path: { tolerance_id: tolerance.id }, header: { ...header, "If-Match": etag(tolerance) } },
          body: {},
        }),
      ),
    invalidates: () => [["tolerances"], ["matching"]],
    onDone: onClose,
  });
  return (
    <Confirm
      opened
      title={t("endTitle", { what: t(`measures.${tolerance.terms.measure}`) })}
      word={t("end")}
      grave
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate(null)}
      onClose={onClose}
    >
      {t("endText", { limit: limit(tolerance.terms) ?? t("limit.unchecked"), day: day(tolerance.valid_from) })}
    </Confirm>
  );
}
