import { NativeSelect, SimpleGrid, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { WhoCould } from "@/organisation/WhoCould";
import type { Partnership } from "@/suppliers/queries";
import { MEASURES, ofCurrency, policyQuery, tolerancesQuery, type Measure, type Tolerance } from "@/tolerances/queries";
import { Tolerances } from "@/tolerances/Tolerances";
import { useLimit } from "@/tolerances/words";
import { DocumentWaiting, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";
import "@mantine/core/styles/Switch.css";

const WAYS = ["two-way", "three-way", "four-way"] as const satisfies readonly Schemas["MatchingWay"][];

/** How one supplier's invoices are matched: with what, what holds today, and every tolerance ever set. */
export function MatchingPart({ partnership }: { partnership: Partnership }): ReactNode {
  const { t } = useTranslation("tolerances");
  const me = useMe();
  const may = me.can("supplier-manager", "buyer-admin");
  const policy = useQuery(policyQuery(partnership.id));
  if (policy.isError) return <ErrorState error={policy.error} again={() => void policy.refetch()} />;
  if (policy.data === undefined) return <DocumentWaiting />;
  const { supplier, currency } = partnership;
  return (
    <Stack gap="lg">
      {!may && (
        <WhoCould organisationId={partnership.customer.id} whose="supplier-manager" what={t("keepers")} />
      )}
      <Way policy={policy.data} may={may} />
      <InForce policy={policy.data} currency={currency} />
      <Tolerances supplier={{ id: supplier.id, name: supplier.name, currency }} />
    </Stack>
  );
}

function Way({ policy, may }: { policy: Schemas["MatchingPolicy"]; may: boolean }): ReactNode {
  const { t } = useTranslation("tolerances");
  const say = useSay();
  const change = useChange({
    send: (body: { way: Schemas["MatchingWay"]; tells_limit: boolean }, header) =>
      must(
        api.PUT("/partnerships/{partnership_id}/matching", {
          params: { path: { partnership_id: policy.partnership_id }, header: { ...header, "If-Match": etag(policy) } },
          body,
        }),
      ),
    invalidates: () => [["matching"]],
    onDone: () => notifications.show({ message: t("way.saved") }),
  });
  const { way, tells_limit } = change.isPending ? change.variables : policy;
  const save = (wish: { way: Schemas["MatchingWay"]; tells_limit: boolean }): void =>
    change.mutate(wish, {
      onError: (error) => notifications.show({ message: say(error), color: "red", autoClose: 8000 }),
    });
  return (
    <Sheet title={t("way.title")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
        <NativeSelect
          label={t("way.label")}
          description={t(`way.${way}-text`)}
          inputWrapperOrder={["label", "input", "description"]}
          size="md"
          disabled={!may || change.isPending}
          data={WAYS.map((value) => ({ value, label: t(`way.${value}`) }))}
          value={way}
          onChange={(event) => save({ way: event.currentTarget.value as Schemas["MatchingWay"], tells_limit })}
        />
        <Switch
          size="md"
          mt={{ base: 0, sm: 30 }}
          label={t("way.tells", { name: policy.supplier.name })}
          description={t(tells_limit ? "way.tellsText" : "way.tellsNotText")}
          disabled={!may || change.isPending}
          checked={tells_limit}
          onChange={() => save({ way, tells_limit: !tells_limit })}
        />
      </SimpleGrid>
    </Sheet>
  );
}

/** What holds today, each measure with both its directions. */
function InForce({ policy, currency }: { policy: Schemas["MatchingPolicy"]; currency: string }): ReactNode {
  const { t } = useTranslation("tolerances");
  const limit = useLimit();
  const set = useInfiniteQuery(tolerancesQuery(policy.supplier.id)).data?.pages.flatMap((page) => page.items) ?? [];
  const today = new Date().toISOString().slice(0, 10);
  // Orders are placed in the currency that is agreed: what is set for it alone counts here as well.
  const own = (measure: Measure, side: "over" | "under"): Tolerance["terms"] | undefined => {
    const found = ofCurrency(set, { measure, side, currency, today });
    const general = policy.in_general.find((one) => one.measure === measure && one.side === side)?.tolerance;
    return found?.scope === "customer" && general?.scope === "supplier" ? undefined : found;
  };
  const said = (measure: Measure, side: "over" | "under"): ReactNode => {
    const terms = own(measure, side);
    const found = policy.in_general.find((one) => one.measure === measure && one.side === side);
    const words = terms !== undefined ? limit(terms) : found?.checked && found.tolerance ? limit(found.tolerance) : null;
    return words ?? <Text c="dimmed">{t("limit.unchecked")}</Text>;
  };
  return (
    <section aria-label={t("inForce.title")}>
      <h2 style={{ margin: "0 0 8px", fontSize: 18, lineHeight: "28px", fontWeight: 650 }}>{t("inForce.title")}</h2>
      <LineTable
        caption={t("inForce.title")}
        lines={MEASURES}
        keyOf={(measure) => measure}
        columns={[
          { id: "measure", title: t("columns.measure"), cell: (measure) => <strong>{t(`measures.${measure}`)}</strong> },
          { id: "over", title: t("inForce.over"), cell: (measure) => said(measure, "over") },
          { id: "under", title: t("inForce.under"), cell: (measure) => said(measure, "under") },
          {
            id: "from",
            title: t("inForce.from"),
            cell: (measure) => {
              const narrow = own(measure, "over") ?? own(measure, "under");
              if (narrow !== undefined) return t(`scopes.${narrow.scope}`);
              const holding = policy.in_general.find((one) => one.measure === measure && one.tolerance !== null)?.tolerance;
              if (!holding) return "–";
              return t(holding.id === null ? "inForce.agreed" : `scopes.${holding.scope}`);
            },
          },
        ]}
      />
      {policy.narrower.length > 0 && (
        <Text c="dimmed" mt="xs">
          {t("inForce.narrower", { count: policy.narrower.length })}
        </Text>
      )}
    </section>
  );
}
