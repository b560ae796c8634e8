import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import classes from "@/home/Home.module.css";
import { useFormats } from "@/ui/numbers";

/** How soon held invoices get their first answer; each number opens its list. */
export function Answers({ answers }: { answers: Schemas["FirstAnswers"] | null | undefined }): ReactNode {
  const { t } = useTranslation("home");
  const { day } = useFormats();
  if (answers == null || answers.in_time + answers.late + answers.overdue === 0) return null;
  const counts = [
    ["in-time", answers.in_time],
    ["late", answers.late],
    ["overdue", answers.overdue],
  ] as const;
  const answered = answers.in_time + answers.late;
  return (
    <section className={classes.card} aria-labelledby="answers">
      <header className={classes.heading}>
        <Title order={2} id="answers">
          {t("answers.title")}
        </Title>
        <Text c="dimmed">
          {answered > 0 && `${t("answers.share", { share: Math.round((100 * answers.in_time) / answered) })} · `}
          {t("answers.since", { day: day(answers.since) })}
        </Text>
      </header>
      <ul className={classes.figures}>
        {counts.map(([how, count]) => (
          <li key={how} data-alarm={(how === "overdue" && count > 0) || undefined}>
            <Text fw={600}>{t(`answers.${how}`)}</Text>
            <div className={classes.figure}>
              <Link to={`/invoices?answered=${how}`} aria-label={`${t(`answers.${how}`)}: ${count}`}>
                {count}
              </Link>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Invoices whose decision takes too long, for the operator to help with (S-065). */
export function Escalations({ dashboard }: { dashboard: Schemas["InvoicesDashboard"] | undefined }): ReactNode {
  const { t } = useTranslation("home");
  const waiting = dashboard?.waiting.find((one) => one.waiting_for === "escalation");
  if (waiting === undefined) return null;
  return (
    <li data-alarm={waiting.count > 0 || undefined}>
      <Text fw={600}>{t("operator.escalations")}</Text>
      <div className={classes.figure}>
        <Link to="/invoices?waiting_for=escalation&sort=created" aria-label={`${t("operator.escalations")}: ${waiting.count}`}>
          {waiting.count}
        </Link>
      </div>
      <Text size="xs" c="dimmed">
        {t("operator.escalationsText")}
      </Text>
    </li>
  );
}
