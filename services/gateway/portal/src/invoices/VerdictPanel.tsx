import { Anchor, Group, Text } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import classes from "@/invoices/VerdictPanel.module.css";
import { useSaid } from "@/said/said";
import { useFormats } from "@/ui/numbers";
import type { Meaning } from "@/ui/StatusBadge";

/** What was decided or would be, why, and what to do now; everything it was made from on demand. */
export function VerdictPanel(props: {
  meaning: Meaning;
  /** The decision as a person would say it. */
  title: ReactNode;
  /** Why, one sentence each. */
  sentences?: readonly string[];
  /** What somebody said with it. */
  remark?: { by: string; text: string } | undefined;
  /** Since when it waits, until when it is due. */
  aside?: ReactNode;
  /** The next step. */
  actions?: ReactNode;
  /** Rule, limit and actual value of everything that was asked. */
  record?: ReactNode;
  /** What its link says, where nothing is decided yet. */
  recordName?: string;
  live?: boolean;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const [open, setOpen] = useState(false);
  const record = useId();
  const said = useSaid();
  const sentences = props.sentences ?? [];
  return (
    <section className={classes.panel} data-meaning={props.meaning} aria-live={props.live ? "polite" : undefined}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <h2 className={classes.title}>{props.title}</h2>
        {props.aside !== undefined && (
          <Text size="sm" c="dimmed">
            {props.aside}
          </Text>
        )}
      </Group>
      {props.remark !== undefined && (
        <blockquote className={classes.remark}>
          {props.remark.text}
          <footer>{props.remark.by}</footer>
        </blockquote>
      )}
      {sentences.length === 1 && <p className={classes.why}>{said(sentences[0] ?? "")}</p>}
      {sentences.length > 1 && (
        <ul className={classes.why}>
          {sentences.map((sentence) => (
            <li key={sentence}>{said(sentence)}</li>
          ))}
        </ul>
      )}
      {(props.actions !== undefined || props.record !== undefined) && (
        <Group gap="xs" mt="sm">
          {props.actions}
          {props.record !== undefined && (
            <Anchor
              component="button"
              type="button"
              size="sm"
              className={classes.more}
              aria-expanded={open}
              aria-controls={record}
              onClick={() => setOpen(!open)}
            >
              {open ? t("record.hide") : (props.recordName ?? t("record.show"))}
            </Anchor>
          )}
        </Group>
      )}
      {props.record !== undefined && (
        <div id={record} hidden={!open} className={classes.record}>
          {open && props.record}
        </div>
      )}
    </section>
  );
}

/** What each rule has found. Rules that come later appear by themselves: by their name until they have a title. */
export function Findings(props: { findings: readonly Schemas["ForeseenFinding"][]; narrow?: boolean }): ReactNode {
  const { t } = useTranslation("invoices");
  const said = useSaid();
  return (
    <div className={classes.scroll}>
      <table className={classes.findings} data-narrow={props.narrow || undefined}>
        <caption className={classes.unseen}>{t("record.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("record.rule")}</th>
            <th scope="col">{t("record.expected")}</th>
            <th scope="col">{t("record.actual")}</th>
            <th scope="col" data-numeric>
              {t("record.difference")}
            </th>
            <th scope="col">{t("record.result")}</th>
          </tr>
        </thead>
        <tbody>
          {props.findings.map((finding, place) => (
            // A rule may have found something at several lines.
            <tr key={`${finding.rule} ${place}`} data-failed={!finding.passed || undefined}>
              <th scope="row">{t(`rules.${finding.rule}`, { defaultValue: spoken(finding.rule) })}</th>
              <td data-label={t("record.expected")}>{said(finding.expected)}</td>
              <td data-label={t("record.actual")}>{said(finding.actual)}</td>
              <td data-numeric data-label={t("record.difference")}>
                {/* Beside a rule that is content, being above its number would only puzzle. */}
                <Signed amount={finding.passed && !finding.difference?.startsWith("-") ? null : finding.difference} />
              </td>
              <td data-label={t("record.result")}>{t(finding.passed ? "record.passed" : "record.failed")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Signed({ amount }: { amount: string | null }): ReactNode {
  const { money } = useFormats();
  if (amount === null) return "–";
  return `${amount.startsWith("-") || Number(amount) === 0 ? "" : "+"}${money(amount)}`;
}

/** `total_within_tolerance` → "Total within tolerance". */
export function spoken(rule: string): string {
  const words = rule.replaceAll(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
