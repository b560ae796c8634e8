import { Anchor, Button, NativeSelect, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { useMe } from "@/api/session";
import { deadLettersQuery, isService, serviceQuery, SERVICES, type Service, type State } from "@/operations/queries";
import { BooksPart } from "@/money/BooksPart";
import { FailedPart } from "@/organisation/FailedPart";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable } from "@/ui/LineTable";
import { Moment } from "@/ui/numbers";
import { PageTabs } from "@/ui/PageTabs";
import { Badge } from "@/ui/StatusBadge";

const STATES = ["waiting", "replaying", "replayed", "discarded"] as const satisfies readonly State[];

/** Whether the system works, what it could not handle, and which mail reached nobody. */
export function OperationsPage(): ReactNode {
  const { t } = useTranslation("operations");
  const { part = "services" } = useParams();
  const me = useMe();
  usePageTitle(t("title"));
  if (part !== "services" && part !== "undelivered" && part !== "books" && !isService(part)) return <NotFoundPage />;
  return (
    <div>
      <Title order={1} mb="xs">
        {t("title")}
      </Title>
      <PageTabs
        label={t("title")}
        tabs={[
          { to: "/operations", label: t("parts.services") },
          ...SERVICES.map((service) => ({ to: `/operations/${service}`, label: t(`services.${service}.name`) })),
          { to: "/operations/books", label: t("parts.books") },
          // Failed mail is personal: of all operators only support reads it.
          ...(me.can("operator-support") ? [{ to: "/operations/undelivered", label: t("parts.undelivered") }] : []),
        ]}
      />
      {part === "books" ? <BooksPart /> : part === "undelivered" ? <FailedPart ofAll /> : isService(part) ? <DeadLetters key={part} service={part} /> : <Services />}
    </div>
  );
}

function Services(): ReactNode {
  const { t } = useTranslation("operations");
  return (
    <Stack gap="md">
      <Text c="dimmed" maw={720}>
        {t("services.text")}
      </Text>
      <LineTable
        caption={t("parts.services")}
        lines={SERVICES}
        keyOf={(service) => service}
        columns={[
          {
            id: "name",
            title: t("columns.service"),
            cell: (service) => (
              <div>
                <Anchor component={Link} to={`/operations/${service}`} fw={600}>
                  {t(`services.${service}.name`)}
                </Anchor>
                <Text size="sm" c="dimmed" fw={400}>
                  {t(`services.${service}.what`)}
                </Text>
              </div>
            ),
          },
          { id: "state", title: t("columns.answers"), cell: (service) => <Answers service={service} /> },
          { id: "took", title: t("columns.took"), numeric: true, cell: (service) => <Took service={service} /> },
          { id: "waiting", title: t("columns.waiting"), numeric: true, cell: (service) => <Waiting service={service} /> },
        ]}
      />
      <Text c="dimmed" maw={720}>
        {t("services.inside")}
      </Text>
    </Stack>
  );
}

function Answers({ service }: { service: Service }): ReactNode {
  const { t } = useTranslation("operations");
  const state = useQuery(serviceQuery(service));
  if (state.isPending) return <Skeleton width={80} height={20} />;
  // What was known before a failure is no sign of life.
  return state.isError ? (
    <Badge meaning="refused">{t("answers.no")}</Badge>
  ) : (
    <Badge meaning="accepted">{t("answers.yes")}</Badge>
  );
}

function Took({ service }: { service: Service }): ReactNode {
  const state = useQuery(serviceQuery(service));
  return <span className="num">{state.isSuccess ? `${state.data.took} ms` : "–"}</span>;
}

function Waiting({ service }: { service: Service }): ReactNode {
  const state = useQuery(serviceQuery(service));
  if (!state.isSuccess) return "–";
  const { waiting, more } = state.data;
  return <strong className="num">{more ? `${waiting}+` : waiting}</strong>;
}

function DeadLetters({ service }: { service: Service }): ReactNode {
  const { t } = useTranslation("operations");
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get("state");
  const state: State = STATES.find((one) => one === asked) ?? "waiting";
  const found = useInfiniteQuery(deadLettersQuery(service, state));
  const letters = found.data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="md">
      <Text c="dimmed" maw={720}>
        {t("letters.text")}
      </Text>
      <NativeSelect
        aria-label={t("columns.state")}
        maw={260}
        value={state}
        data={STATES.map((value) => ({ value, label: t(`states.${value}`) }))}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          setParameters(chosen === "waiting" ? {} : { state: chosen }, { replace: true });
        }}
      />
      {found.isError && <ErrorState error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Coming />}
      {letters?.length === 0 && (
        <Sheet>
          <EmptyState title={t(`empty.${state}`)} text={t("empty.text")} />
        </Sheet>
      )}
      {letters !== undefined && letters.length > 0 && (
        <LineTable
          caption={t("letters.title")}
          lines={letters}
          keyOf={(letter) => letter.id}
          columns={[
            {
              id: "queue",
              title: t("columns.queue"),
              cell: (letter) => (
                <Anchor component={Link} to={`/operations/${service}/${letter.id}`} fw={600} style={{ overflowWrap: "anywhere" }}>
                  {letter.queue}
                </Anchor>
              ),
            },
            {
              id: "reason",
              title: t("columns.reason"),
              cell: (letter) => (
                <Text lineClamp={2} style={{ overflowWrap: "anywhere" }}>
                  {letter.reason}
                </Text>
              ),
            },
            { id: "attempts", title: t("columns.attempts"), numeric: true, cell: (letter) => letter.attempts },
            { id: "at", title: t("columns.died"), cell: (letter) => <Moment at={letter.died_at} /> },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </Stack>
  );
}
