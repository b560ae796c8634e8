import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import classes from "@/home/Home.module.css";
import { useFormats } from "@/ui/numbers";
import { Plot } from "@/ui/Plot";

function byCurrency<R extends { currency: string }>(rows: readonly R[]): [string, R[]][] {
  return [...new Set(rows.map((row) => row.currency))].map((currency) => [
    currency,
    rows.filter((row) => row.currency === currency),
  ]);
}

/** What was ordered in each of the last twelve months, by currency. */
export function Months({ dashboard }: { dashboard: Schemas["OrdersDashboard"] | undefined }): ReactNode {
  const { t } = useTranslation("home");
  const { money, month, rough } = useFormats();
  const currencies = byCurrency(dashboard?.by_month ?? []);
  const counted = dashboard?.ordered.join(",") ?? "";
  return currencies.map(([currency, months]) => (
    <section key={currency} className={classes.card}>
      <div className={classes.inside}>
        <Plot
          title={t("months.title", { currency })}
          labelTitle={t("months.month")}
          valueTitle={t("months.gross", { currency })}
          bars={months.map((one) => ({
            label: month(one.first),
            value: Number(one.gross),
            shown: money(one.gross),
            short: rough(one.gross),
            to:
              `/orders?status=${counted}&date_from=${one.first}&date_to=${one.last}` +
              (currencies.length > 1 ? `&currency=${currency}` : ""),
          }))}
        />
      </div>
    </section>
  ));
}

/** What is to be paid, by how long it is overdue. */
export function Ageing({ dashboard }: { dashboard: Schemas["InvoicesDashboard"] | undefined }): ReactNode {
  const { t } = useTranslation("home");
  const { money, rough } = useFormats();
  const currencies = byCurrency(dashboard?.ageing ?? []);
  const counted = dashboard?.outstanding.join(",") ?? "";
  return currencies.map(([currency, ages]) => (
    <section key={currency} className={classes.card}>
      <div className={classes.inside}>
        <Plot
          title={t("ageing.title", { currency })}
          labelTitle={t("ageing.age")}
          valueTitle={t("ageing.open", { currency })}
          bars={ages.map((one) => ({
            label: t(`ageing.ages.${one.age}`),
            value: Number(one.open),
            shown: money(one.open),
            short: rough(one.open),
            to:
              `/invoices?status=${counted}` +
              (one.due_from === null ? "" : `&due_from=${one.due_from}`) +
              (one.due_to === null ? "" : `&due_to=${one.due_to}`) +
              (currencies.length > 1 ? `&currency=${currency}` : "") +
              "&sort=due",
          }))}
        />
      </div>
    </section>
  ));
}
