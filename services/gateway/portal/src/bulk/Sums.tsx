import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useFormats } from "@/ui/numbers";
import type { Meaning } from "@/ui/StatusBadge";

export const MEANINGS: Record<Schemas["Verdict"], Meaning> = { passes: "accepted", held: "waiting", waits: "waiting" };

/** What is told of one of the invoices beside its verdict: why it cannot be sent, or with whom it would wait and why. */
export function toldOf(one: Schemas["ForeseenOne"]): string[] {
  const becomes = one.verdict === null || one.verdict === "passes" || one.sentence == null ? [] : [one.sentence];
  return [...one.hindrances.map((each) => each.detail), ...becomes, ...one.reasons, ...one.warnings];
}

/** How many would come to what, with their sums. */
export function Sums({ sums, hindered }: { sums: readonly Schemas["ForeseenSum"][]; hindered: number }): ReactNode {
  const { t } = useTranslation("bulk");
  const { money } = useFormats();
  return (
    <ul style={{ margin: 0, paddingInlineStart: 18 }}>
      {sums.map((each) => (
        <li key={`${each.currency} ${each.verdict}`}>
          {t(`sums.${each.verdict}`, { count: each.count, gross: `${money(each.gross)} ${each.currency}` })}
        </li>
      ))}
      {hindered > 0 && <li>{t("sums.hindered", { count: hindered })}</li>}
    </ul>
  );
}
