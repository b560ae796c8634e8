import { Skeleton, Text, Title } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Escalations } from "@/home/Answers";
import classes from "@/home/Home.module.css";
import { deadLetters, failedDeliveries, MOST_COUNTED, SERVICES } from "@/home/queries";
import { rooms } from "@/rooms";
import { Moment } from "@/ui/numbers";

/** The list behind a number, where some room has it. */
function placeOf(path: string): string | undefined {
  return rooms.some((room) => room.routes?.some((route) => route.path === path)) ? `/${path}` : undefined;
}

/** What the one who runs the portal looks at first: what did not arrive, and what could not be handled. */
export function OperatorPart({ invoices }: { invoices: Schemas["InvoicesDashboard"] | undefined }): ReactNode {
  const { t } = useTranslation("home");
  const me = useMe();
  const letters = useQueries({ queries: SERVICES.map((service) => deadLetters(service)) });
  const mails = useQuery({ ...failedDeliveries, enabled: me.can("operator-support") });
  const newest = mails.data?.items.slice(0, 5) ?? [];
  return (
    <section className={classes.card} aria-labelledby="running">
      <header className={classes.heading}>
        <Title order={2} id="running">
          {t("operator.title")}
        </Title>
      </header>
      <ul className={classes.figures}>
        <Escalations dashboard={invoices} />
        {me.can("operator-support") && (
          <Figure
            label={t("operator.mails")}
            text={t("operator.mailsText")}
            count={mails.data?.items.length}
            more={mails.data?.next !== null}
            away={mails.isError}
            to={placeOf("operations/failed-deliveries")}
          />
        )}
        {SERVICES.map((service, at) => (
          <Figure
            key={service}
            label={t("operator.letters", { service: t(`operator.services.${service}`) })}
            text={t("operator.lettersText")}
            count={letters[at]?.data?.items.length}
            more={letters[at]?.data?.next !== null}
            away={letters[at]?.isError ?? false}
            to={placeOf("operations/dead-letters") && `/operations/dead-letters?service=${service}`}
          />
        ))}
      </ul>
      {newest.length > 0 && (
        <ul className={classes.rows} aria-label={t("operator.mails")}>
          {newest.map((mail) => (
            <li key={mail.id}>
              <div className={classes.what}>
                <Text fw={600}>{mail.recipient}</Text>
                <Text c="dimmed">
                  {mail.subject} · <Moment at={mail.failed_at} />
                </Text>
                <Text c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {mail.reason}
                </Text>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Figure(props: {
  label: string;
  text: string;
  count: number | undefined;
  more: boolean;
  away: boolean;
  to: string | undefined;
}): ReactNode {
  const { t } = useTranslation("home");
  const number = props.count === undefined ? null : `${props.count}${props.count === MOST_COUNTED && props.more ? "+" : ""}`;
  return (
    <li data-alarm={(props.count ?? 0) > 0 || undefined}>
      <Text fw={600}>{props.label}</Text>
      <div className={classes.figure}>
        {number !== null ? (
          props.to === undefined ? (
            number
          ) : (
            <Link to={props.to} aria-label={`${props.label}: ${number}`}>
              {number}
            </Link>
          )
        ) : props.away ? (
          <Text c="red">{t("operator.away")}</Text>
        ) : (
          <Skeleton height={28} width={40} radius={4} />
        )}
      </div>
      <Text size="xs" c="dimmed">
        {props.text}
      </Text>
    </li>
  );
}
