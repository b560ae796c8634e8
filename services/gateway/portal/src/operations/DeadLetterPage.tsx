import { Button, Code, Group, Stack, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { deadLetterQuery, isService, type DeadLetter, type Service } from "@/operations/queries";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Confirm } from "@/ui/Confirm";
import { BackLink, DocumentWaiting, Facts, Sheet, SideBySide } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { useFormats } from "@/ui/numbers";
import { Badge, type Meaning } from "@/ui/StatusBadge";
import "@mantine/core/styles/Code.css";

const MEANINGS: Record<string, Meaning> = { waiting: "waiting", replaying: "waiting", replayed: "accepted", discarded: "refused" };

/** One message that could not be handled: why, what it says, and what is to become of it. */
export function DeadLetterPage(): ReactNode {
  const { service, letterId = "" } = useParams();
  if (!isService(service)) return <NotFoundPage />;
  return <Found service={service} id={letterId} />;
}

function Found({ service, id }: { service: Service; id: string }): ReactNode {
  const { t } = useTranslation("operations");
  const found = useQuery(deadLetterQuery(service, id));
  usePageTitle(t("letters.one"));
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
    return <DocumentWaiting />;
  }
  return <Shown service={service} letter={found.data} />;
}

function Shown({ service, letter }: { service: Service; letter: DeadLetter }): ReactNode {
  const { t } = useTranslation("operations");
  const me = useMe();
  const { moment } = useFormats();
  const [asked, setAsked] = useState<"replay" | "discard" | null>(null);
  const settle = useChange({
    send: (deed: "replay" | "discard", header) =>
      must(
        api.POST(`/operations/${service}/dead-letters/{dead_letter_id}/${deed}`, {
          params: { path: { dead_letter_id: letter.id }, header },
        }),
      ),
    invalidates: () => [["operations", service]],
    onDone: (_, deed) => {
      setAsked(null);
      notifications.show({ message: t(`${deed}.done`) });
    },
  });
  const may = letter.state === "waiting" && me.can("operator-support", "operator-management", "operator-development");
  return (
    <div>
      <BackLink to={`/operations/${service}`}>{t(`services.${service}.name`)}</BackLink>
      <Group gap="sm" mb="md">
        <Title order={1} style={{ overflowWrap: "anywhere" }}>
          {letter.queue}
        </Title>
        <Badge meaning={MEANINGS[letter.state] ?? "quiet"} large>
          {t(`states.${letter.state}`)}
        </Badge>
      </Group>
      {may && (
        <Group gap="xs" mb="md">
          <Button onClick={() => setAsked("replay")}>{t("replay.word")}</Button>
          <Button variant="default" onClick={() => setAsked("discard")}>
            {t("discard.word")}
          </Button>
        </Group>
      )}
      <SideBySide
        side={
          <Sheet>
            <Facts
              facts={[
                [t("columns.handler"), letter.handler],
                [t("columns.attempts"), String(letter.attempts)],
                [t("columns.died"), moment(letter.died_at)],
                [t("columns.trace"), <Code key="trace">{letter.trace_id}</Code>],
                ...(letter.settled_by ? ([[t("columns.settledBy"), letter.settled_by]] as const) : []),
              ]}
            />
          </Sheet>
        }
      >
        <Sheet title={t("columns.reason")}>
          <p style={{ margin: "8px 0 0", overflowWrap: "anywhere" }}>{letter.reason}</p>
        </Sheet>
        <Sheet title={t("letters.body")}>
          <Stack mt="sm">
            {/* Long bodies scroll in their own box, by keyboard as well. */}
            <Code block mah={480} style={{ overflow: "auto" }} tabIndex={0} role="region" aria-label={t("letters.body")}>
              {readable(letter.body)}
            </Code>
          </Stack>
        </Sheet>
      </SideBySide>
      {asked !== null && (
        <Confirm
          opened
          title={t(`${asked}.title`)}
          word={t(`${asked}.word`)}
          grave={asked === "discard"}
          pending={settle.isPending}
          error={settle.error}
          onConfirm={() => settle.mutate(asked)}
          onClose={() => {
            settle.reset();
            setAsked(null);
          }}
        >
          {t(`${asked}.text`, { queue: letter.queue })}
        </Confirm>
      )}
    </div>
  );
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
