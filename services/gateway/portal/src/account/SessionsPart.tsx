import { Button, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/account/Account.module.css";
import { agentOf } from "@/account/agent";
import { Done, Part } from "@/account/Part";
import { SESSIONS, sessionsQuery, type SessionEntry } from "@/account/queries";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

/** Where one is signed in. A lost telephone is signed out from here. */
export function SessionsPart(): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const sessions = useQuery(sessionsQuery);
  const entries = [...(sessions.data?.items ?? [])].sort((one, other) => Number(other.current) - Number(one.current));
  const others = entries.filter((entry) => !entry.current).length;
  const endOthers = useChange({
    send: (_: null, header) => must(api.POST("/sessions/end-others", { params: { header } })),
    invalidates: () => [SESSIONS],
  });
  return (
    <Part title={t("sessions.title")} text={t("sessions.text")}>
      {sessions.isError && <ErrorState error={sessions.error} again={() => void sessions.refetch()} />}
      {sessions.isPending && <Skeleton height={60} radius={4} role="status" aria-label={t("reading")} />}
      <ul className={classes.rows}>
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ul>
      <Refusal>{endOthers.isError ? say(endOthers.error) : null}</Refusal>
      <Done>{endOthers.isSuccess && others === 0 ? t("sessions.ended") : null}</Done>
      {others > 0 && (
        <Group>
          <Button variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate(null)}>
            {t("sessions.endOthers", { count: others })}
          </Button>
        </Group>
      )}
    </Part>
  );
}

function Entry({ entry }: { entry: SessionEntry }): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const end = useChange({
    send: (id: string, header) => must(api.DELETE("/sessions/{session_id}", { params: { path: { session_id: id }, header } })),
    invalidates: () => [SESSIONS],
  });
  const agent = agentOf(entry.user_agent);
  const name =
    agent === null
      ? entry.user_agent || t("sessions.unknown")
      : agent.system === null
        ? agent.browser
        : t("sessions.browserOn", agent);
  return (
    <li>
      <div>
        <Group gap="xs">
          <Text fw={600}>{name}</Text>
          {entry.current && <Badge meaning="accepted">{t("sessions.this")}</Badge>}
        </Group>
        <Text c="dimmed">
          {t("sessions.from", { address: entry.address })} · {t("sessions.seen")} <Moment at={entry.last_seen_at} />
        </Text>
        <Refusal>{end.isError ? say(end.error) : null}</Refusal>
      </div>
      {!entry.current && (
        <Button
          size="xs"
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate(entry.id)}
          aria-label={t("sessions.endNamed", { name })}
        >
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}
