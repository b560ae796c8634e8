import { Button, Skeleton, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import classes from "@/home/Home.module.css";
import { waitingInvoices, waitingOrders } from "@/home/queries";
import { together, type Waiting } from "@/home/waiting";
import { ErrorState } from "@/ui/ErrorState";
import { Money, useFormats } from "@/ui/numbers";

interface Counts {
  orders: Schemas["OrdersDashboard"] | undefined;
  invoices: Schemas["InvoicesDashboard"] | undefined;
}

/** The decisions only this person can take, the longest waiting first, each with the button that opens it. */
export function WaitingPart(counts: Counts): ReactNode {
  const { t } = useTranslation("home");
  const me = useMe();
  const orders = useQuery(waitingOrders);
  const invoices = useQuery(waitingInvoices);
  const asked = [orders, invoices];
  const failed = asked.find((one) => one.isError && one.data === undefined);
  const rows = together(orders.data?.items ?? [], invoices.data?.items ?? [], me.kind);
  const pending = asked.some((one) => one.isPending);
  return (
    <section className={classes.card} aria-labelledby="waiting">
      <header className={classes.heading}>
        <Title order={2} id="waiting">
          {t("waiting.title")}
        </Title>
        <Lists {...counts} />
      </header>
      {failed !== undefined && <ErrorState error={failed.error} again={() => asked.forEach((one) => void one.refetch())} />}
      {pending && rows.length === 0 ? (
        <div className={classes.rowsWaiting} role="status" aria-label={t("waiting.reading")}>
          {[1, 2, 3].map((row) => (
            <Skeleton key={row} height={36} radius={4} />
          ))}
        </div>
      ) : rows.length === 0 && failed === undefined ? (
        <div className={classes.nothing}>
          <IconCircleCheck size={22} stroke={1.6} aria-hidden="true" />
          <div>
            <Text fw={600}>{t("waiting.nothing")}</Text>
            <Text c="dimmed">{t(`waiting.nothingText.${me.kind === "supplier" ? "supplier" : "customer"}`)}</Text>
          </div>
        </div>
      ) : (
        <ul className={classes.rows}>
          {rows.map((row, place) => (
            <Row key={`${row.kind} ${row.id}`} row={row} first={place === 0} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ row, first }: { row: Waiting; first: boolean }): ReactNode {
  const { t } = useTranslation("home");
  const { day } = useFormats();
  const to = `/${row.kind}s/${row.id}`;
  const name = row.number ?? t("waiting.unnumbered", { number: row.orderNumber ?? "" });
  return (
    <li>
      <div className={classes.what}>
        <Text fw={600}>{t(`waiting.what.${row.kind}.${row.waitsFor}`, { number: name })}</Text>
        <Text c="dimmed">
          {row.partner} · {t(`waiting.since.${row.waitsFor === "payment" ? "due" : "waits"}`, { day: day(row.since) })}
        </Text>
      </div>
      <span className={classes.sum}>
        <Money amount={row.gross} currency={row.currency} />
      </span>
      <Button
        component={Link}
        to={to}
        size="xs"
        variant={first ? "filled" : "default"}
        aria-label={t("waiting.named", { what: t(`waiting.button.${row.waitsFor}`), number: name })}
      >
        {t(`waiting.button.${row.waitsFor}`)}
      </Button>
    </li>
  );
}

/** How many there are of each kind, each a link to all of them. */
function Lists({ orders, invoices }: Counts): ReactNode {
  const { t } = useTranslation("home");
  const counts = [
    ...(orders?.waiting ?? []).map((one) => ({ kind: "order", ...one })),
    ...(invoices?.waiting ?? []).map((one) => ({ kind: "invoice", ...one })),
  ].filter((one) => one.count > 0);
  return (
    <ul className={classes.counts}>
      {counts.map((one) => (
        <li key={`${one.kind} ${one.waiting_for}`}>
          <Link to={`/${one.kind}s?waiting_for=${one.waiting_for}&sort=created`} className={classes.count}>
            {t(`waiting.count.${one.kind}.${one.waiting_for}`, { count: one.count })}
          </Link>
        </li>
      ))}
    </ul>
  );
}
