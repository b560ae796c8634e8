import { Stack, Text } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { Coming } from "@/ui/Coming";
import { ErrorState } from "@/ui/ErrorState";
import { useFormats } from "@/ui/numbers";
import { Badge, type Meaning } from "@/ui/StatusBadge";

type Advice = Schemas["ReplacementAdvice"];

const MEANINGS: Record<Advice["route"], Meaning> = {
  correct: "yours",
  replace: "waiting",
  "goods-return-note": "settled",
  nothing: "quiet",
};

function adviceQuery(id: string) {
  return queryOptions({
    queryKey: ["invoices", id, "replacement"],
    queryFn: () => must(api.GET("/invoices/{invoice_id}/replacement", { params: { path: { invoice_id: id } } })),
    meta: { live: [`invoice:${id}`] },
  });
}

/** What becomes of an invoice's documents when its goods come back: the one way there is, why, and until when. */
export function Replacement({ invoice }: { invoice: Schemas["Invoice"] }): ReactNode {
  const { t } = useTranslation("consolidation");
  const { day } = useFormats();
  const found = useQuery(adviceQuery(invoice.id));
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  if (found.data === undefined) return <Coming />;
  const advice = found.data;
  const names = { customer: invoice.customer.name, supplier: invoice.supplier.name };
  return (
    <Stack gap="sm">
      <div>
        <Badge meaning={MEANINGS[advice.route]}>{t(`replacement.${advice.route}`)}</Badge>
      </div>
      <Text size="sm">{t(`replacement.${advice.route}-text`, names)}</Text>
      {advice.last_day !== null && (
        <Text size="sm" fw={600}>
          {t("replacement.until", { day: day(advice.last_day) })}
        </Text>
      )}
      {advice.checks.length > 0 && (
        <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: "none" }}>
          {advice.checks.map((check) => (
            <li key={check.rule}>
              <Text size="sm" span fw={600}>
                {t(check.holds ? "replacement.yes" : "replacement.no")}
              </Text>{" "}
              <Text size="sm" span c="dimmed">
                {t(`replacement.rules.${check.rule}`)}
                {check.rule === "not-consolidated" && advice.consolidated_on !== null && (
                  <> ({t("replacement.consolidatedOn", { day: day(advice.consolidated_on) })})</>
                )}
              </Text>
            </li>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
