import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Day, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

/** A date and, where the other side has asked for another one, that one with its reason. */
export function DateWithProposal(props: {
  day: string | null;
  proposal?: { date: string; reason: string } | null;
}): ReactNode {
  const { t } = useTranslation("ui");
  const { day } = useFormats();
  return (
    <div>
      <Day day={props.day} />
      {props.proposal && (
        <div style={{ marginTop: 4 }}>
          <Badge meaning="waiting">{t("date.proposed", { day: day(props.proposal.date) })}</Badge>
          <div style={{ marginTop: 4, color: "var(--mantine-color-dimmed)" }}>{props.proposal.reason}</div>
        </div>
      )}
    </div>
  );
}
