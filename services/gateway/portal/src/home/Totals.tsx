import { Skeleton, Stack, Text, Title } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import classes from "@/home/Home.module.css";
import { ErrorState } from "@/ui/ErrorState";
import { Money } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

type Total = Schemas["OrderTotal"] | Schemas["InvoiceTotal"];

/** Counts and sums by status. A link carries the filter under which its list holds exactly that many. */
export function Totals(props: {
  kind: "order" | "invoice";
  answer: UseQueryResult;
  totals: readonly Total[] | undefined;
}): ReactNode {
  const { t } = useTranslation("home");
  const { kind, answer, totals } = props;
  const headed = `totals-${kind}`;
  return (
    <section className={classes.card} aria-labelledby={headed}>
      <header className={classes.heading}>
        <Title order={2} id={headed}>
          {t(`totals.${kind}.title`)}
        </Title>
      </header>
      {answer.isError && totals === undefined ? (
        <div className={classes.inside}>
          <ErrorState error={answer.error} again={() => void answer.refetch()} />
        </div>
      ) : totals === undefined ? (
        <Stack gap={12} className={classes.inside} role="status" aria-label={t("waiting.reading")}>
          {[1, 2, 3, 4].map((row) => (
            <Skeleton key={row} height={20} radius={4} />
          ))}
        </Stack>
      ) : totals.length === 0 ? (
        <Text c="dimmed" className={classes.inside}>
          {t(`totals.${kind}.empty`)}
        </Text>
      ) : (
        <Rows kind={kind} totals={totals} />
      )}
    </section>
  );
}

function Rows({ kind, totals }: { kind: "order" | "invoice"; totals: readonly Total[] }): ReactNode {
  const { t } = useTranslation("home");
  const currencies = new Set(totals.map((total) => total.currency));
  // One currency stands once, in the heading; several stand at their sums.
  const [only] = currencies.size === 1 ? currencies : [];
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("totals.status")}</th>
          <th scope="col" data-numeric>
            {t("totals.count")}
          </th>
          <th scope="col" data-numeric>
            {only === undefined ? t("totals.gross") : t("totals.grossIn", { currency: only })}
          </th>
        </tr>
      </thead>
      <tbody>
        {totals.map((total) => {
          const currency = only === undefined ? `&currency=${total.currency}` : "";
          const to = `/${kind}s?status=${total.status}${currency}`;
          return (
            <tr key={`${total.status} ${total.currency}`}>
              <th scope="row">
                <StatusBadge kind={kind} status={total.status} />
              </th>
              <td data-numeric>
                <Link to={to} aria-label={t("totals.open", { count: total.count, status: t(`ui:status.${kind}.${total.status}`) })}>
                  {total.count}
                </Link>
              </td>
              <td data-numeric>
                <Link to={to}>
                  <Money amount={total.gross} {...(only === undefined ? { currency: total.currency } : {})} />
                </Link>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
