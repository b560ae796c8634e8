import { Anchor, Button, Group, NumberInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { previewQuery, runsQuery, termsQuery, type Preview, type Run, type Total } from "@/consolidation/queries";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Confirm } from "@/ui/Confirm";
import { BackLink, Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";
import { Day, Money, Moment, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import "@mantine/core/styles/NumberInput.css";

/** What the next run would issue, starting one by hand, and the runs there were (S-083). */
export function RunsPage(): ReactNode {
  const { t } = useTranslation("consolidation");
  const me = useMe();
  const { day } = useFormats();
  const terms = useQuery({ ...termsQuery, enabled: me.kind === "operator" });
  usePageTitle(t("runs.title"));
  return (
    <Stack gap="lg">
      <div>
        <BackLink to="/consolidated-invoices">{t("title")}</BackLink>
        <Title order={1}>{t("runs.title")}</Title>
        {terms.data !== undefined && (
          <Text c="dimmed" maw={720} mt="xs">
            {t("runs.text", { day: day(terms.data.next_day), zone: terms.data.time_zone })}
          </Text>
        )}
      </div>
      <NextRun />
      <Runs />
      {terms.data !== undefined && <Terms key={terms.data.sequence} terms={terms.data} />}
    </Stack>
  );
}

function useMayStart(): boolean {
  return useMe().can("operator-accounting", "operator-management");
}

function NextRun(): ReactNode {
  const { t } = useTranslation("consolidation");
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const may = useMayStart();
  const preview = useQuery(previewQuery(chosen));
  const say = useSay();
  return (
    <Sheet title={t("preview.title")}>
      <Stack gap="md" mt="sm">
        <Group align="end" gap="sm">
          <TextInput
            type="date"
            label={t("preview.day")}
            description={t("preview.dayText")}
            inputWrapperOrder={["label", "input", "description"]}
            value={chosen ?? preview.data?.day ?? ""}
            onChange={(event) => setChosen(event.currentTarget.value || null)}
          />
        </Group>
        <Refusal>{preview.isError ? say(preview.error) : null}</Refusal>
        {preview.isPending && <Coming />}
        {preview.data !== undefined && <Foreseen preview={preview.data} />}
        {!may && <Text c="dimmed">{t("preview.whoCould")}</Text>}
        {may && preview.data !== undefined && (
          <Group>
            <Button onClick={() => setAsking(true)} disabled={preview.data.shares.length === 0}>
              {t(preview.data.run === null ? "start.button" : "start.again")}
            </Button>
          </Group>
        )}
        {preview.data !== undefined && (
          <Start preview={preview.data} opened={asking} onClose={() => setAsking(false)} />
        )}
      </Stack>
    </Sheet>
  );
}

function Foreseen({ preview }: { preview: Preview }): ReactNode {
  const { t } = useTranslation("consolidation");
  if (preview.shares.length === 0) return <EmptyState title={t("preview.nothing")} text={t("preview.nothingText")} />;
  return (
    <LineTable
      caption={t("preview.title")}
      lines={preview.shares}
      keyOf={(share) => `${share.customer.id} ${share.currency}`}
      columns={[
        { id: "customer", title: t("columns.customer"), cell: (share) => <strong>{share.customer.name}</strong> },
        { id: "invoices", title: t("columns.invoices"), numeric: true, cell: (share) => share.invoices },
        { id: "oldest", title: t("columns.oldest"), wideOnly: true, cell: (share) => <Day day={share.oldest} /> },
        { id: "net", title: t("columns.net"), numeric: true, wideOnly: true, cell: (share) => <Money amount={share.net} /> },
        { id: "tax", title: t("columns.tax"), numeric: true, wideOnly: true, cell: (share) => <Money amount={share.tax} /> },
        { id: "gross", title: t("columns.gross"), numeric: true, cell: (share) => <Money amount={share.gross} currency={share.currency} /> },
      ]}
      totals={preview.totals.map(
        (total) =>
          [
            t("preview.total", { documents: total.documents, invoices: total.invoices }),
            <Money key={total.currency} amount={total.gross} currency={total.currency} />,
          ] as const,
      )}
    />
  );
}

function Start({ preview, opened, onClose }: { preview: Preview; opened: boolean; onClose: () => void }): ReactNode {
  const { t } = useTranslation("consolidation");
  const { day } = useFormats();
  const start = useChange({
    send: (of: string, header) => must(api.POST("/consolidation/runs", { params: { header }, body: { day: of } })),
    invalidates: () => [["consolidation"], ["consolidated-invoices"]],
    onDone: (run: Run) => {
      onClose();
      notifications.show({ message: t("start.done", { day: day(run.day) }) });
    },
  });
  const documents = preview.totals.reduce((count, total) => count + total.documents, 0);
  const invoices = preview.totals.reduce((count, total) => count + total.invoices, 0);
  const customers = new Set(preview.shares.map((share) => share.customer.id)).size;
  return (
    <Confirm
      opened={opened}
      title={t("start.title", { day: day(preview.day) })}
      word={t("start.word")}
      pending={start.isPending}
      error={start.error}
      onConfirm={() => start.mutate(preview.day)}
      onClose={onClose}
    >
      <Text>{t("start.text", { documents, invoices, customers })}</Text>
      <Text mt="xs" c="dimmed">
        {t("start.consequence")}
      </Text>
    </Confirm>
  );
}

function Runs(): ReactNode {
  const { t } = useTranslation("consolidation");
  const found = useInfiniteQuery(runsQuery);
  const runs = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="sm">
      <Title order={2}>{t("runs.before")}</Title>
      {found.isError && <ErrorState error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Coming />}
      {found.isSuccess && runs.length === 0 && (
        <Sheet>
          <EmptyState title={t("runs.none")} text={t("runs.noneText")} />
        </Sheet>
      )}
      {runs.length > 0 && (
        <LineTable
          caption={t("runs.before")}
          lines={runs}
          keyOf={(run) => run.id}
          columns={[
            {
              id: "day",
              title: t("columns.day"),
              cell: (run) => (
                <Anchor component={Link} to={`/consolidated-invoices?run_id=${run.id}`} fw={600}>
                  <Day day={run.day} />
                </Anchor>
              ),
            },
            { id: "status", title: t("columns.status"), cell: (run) => <Standing run={run} /> },
            { id: "by", title: t("columns.startedBy"), cell: (run) => run.started_by?.name ?? t("runs.byItself") },
            { id: "at", title: t("columns.until"), wideOnly: true, cell: (run) => <Moment at={run.until} /> },
            { id: "documents", title: t("columns.documents"), numeric: true, cell: (run) => counted(run.totals, "documents") },
            { id: "invoices", title: t("columns.invoices"), numeric: true, cell: (run) => counted(run.totals, "invoices") },
            {
              id: "gross",
              title: t("columns.gross"),
              numeric: true,
              cell: (run) =>
                run.totals.length === 0
                  ? "–"
                  : run.totals.map((total) => (
                      <div key={total.currency}>
                        <Money amount={total.gross} currency={total.currency} />
                      </div>
                    )),
            },
          ]}
        />
      )}
      {found.hasNextPage && (
        <Group>
          <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            {t("runs.more")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function counted(totals: readonly Total[], what: "documents" | "invoices"): number {
  return totals.reduce((count, total) => count + total[what], 0);
}

function Standing({ run }: { run: Run }): ReactNode {
  const { t } = useTranslation("consolidation");
  return run.status === "finished" ? (
    <Badge meaning="accepted">{t("runs.finished")}</Badge>
  ) : (
    <Badge meaning="waiting">{t("runs.running", { count: run.waiting })}</Badge>
  );
}

function Terms({ terms }: { terms: Schemas["ConsolidationTerms"] }): ReactNode {
  const { t } = useTranslation("consolidation");
  const may = useMayStart();
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { time_zone: terms.time_zone, payment_days: terms.payment_days } });
  const change = useChange({
    send: (body: { time_zone: string; payment_days: number }, header) =>
      must(api.PUT("/consolidation/terms", { params: { header: { ...header, "If-Match": etag(terms) } }, body })),
    invalidates: () => [["consolidation"]],
    onDone: () => notifications.show({ message: t("terms.saved") }),
  });
  return (
    <Sheet title={t("terms.title")}>
      <form
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          change.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
        })}
      >
        <Stack gap="sm" mt="sm" maw={420}>
          <TextInput label={t("terms.zone")} description={t("terms.zoneText")} disabled={!may} {...form.getInputProps("time_zone")} />
          <NumberInput
            label={t("terms.days")}
            description={t("terms.daysText")}
            min={0}
            max={3650}
            allowDecimal={false}
            disabled={!may}
            {...form.getInputProps("payment_days")}
          />
          <Refusal>{refusal}</Refusal>
          {may && (
            <Group>
              <Button type="submit" variant="default" loading={change.isPending} disabled={!form.isDirty()}>
                {t("terms.save")}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Sheet>
  );
}
