/** The other side contests a statement line by line, and adds what it has and the statement has not. */
import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { newKey, useChange } from "@/api/change";
import { api, etag, must, upload, type Schemas } from "@/api/client";
import { What } from "@/money/What";
import { AGREED, fromComparison, NO_LINE, readContest, statedOf, type Missing, type Said } from "@/reconciling/contesting";
import { AFTER_STEP, reconciliationQuery, useStanding, type Line, type Statement } from "@/reconciling/queries";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { BackLink, DocumentWaiting, Sheet } from "@/ui/DocumentPage";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useLeaveWarning, useSay } from "@/ui/form";
import { LineEditor, LineTable } from "@/ui/LineTable";
import { Day, Money, useFormats } from "@/ui/numbers";
import fileClasses from "@/ui/Files.module.css";

const REASONS = ["amount", "unknown", "period", "other"] as const;

export function ContestPage(): ReactNode {
  const { id = "" } = useParams();
  const found = useQuery(reconciliationQuery(id));
  if (found.isPending) return <DocumentWaiting />;
  if (found.data === undefined) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  return <Open key={id} statement={found.data} />;
}

function Open({ statement }: { statement: Statement }): ReactNode {
  const { status } = statement.reconciliation;
  const { own, keeps } = useStanding(statement.reconciliation);
  if (own || !keeps || (status !== "sent" && status !== "contested")) return <NotFoundPage />;
  return <Form statement={statement} />;
}

function Form({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const { money } = useFormats();
  const navigate = useNavigate();
  const head = statement.reconciliation;
  const [said, setSaid] = useState<Record<number, Said>>({});
  const [missing, setMissing] = useState<Missing[]>([NO_LINE]);
  const [remark, setRemark] = useState("");
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  usePageTitle(t("contest.title", { number: head.number }));
  const read = readContest(statement.lines, said, missing, head.closing);
  const spoken = (amount: string): string => `${money(amount)} ${head.currency}`;
  const contest = useChange({
    send: (body: Schemas["ContestReconciliation"], header) =>
      must(
        api.POST("/reconciliations/{reconciliation_id}/contest", {
          params: { path: { reconciliation_id: head.id }, header: { ...header, "If-Match": etag(statement) } },
          body,
        }),
      ),
    invalidates: () => AFTER_STEP,
    onDone: () => void navigate(`/reconciliations/${head.id}`, { replace: true }),
  });
  useLeaveWarning((read.objections.length > 0 || remark !== "") && !contest.isPending && !contest.isSuccess);
  const fault = (place: string): string | undefined => {
    const found = tried ? read.faults[place] : undefined;
    return found && t(`faults.${found}`);
  };
  const say1 = (line: Line, change: Partial<Said>): void =>
    setSaid({ ...said, [line.number]: { ...(said[line.number] ?? AGREED), ...change } });

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        setRefusal(null);
        if (Object.keys(read.faults).length > 0) setRefusal(t("contest.faults"));
        else if (read.objections.length === 0) setRefusal(t("contest.nothing"));
        else contest.mutate({ objections: read.objections, remark: remark.trim() || null }, { onError: (error) => setRefusal(say(error)) });
      }}
    >
      <Stack gap="md">
        <BackLink to={`/reconciliations/${head.id}`}>{head.number}</BackLink>
        <Title order={1}>{t("contest.title", { number: head.number })}</Title>
        <Text>{t("contest.text")}</Text>
        <FromTable
          statement={statement}
          onCompared={(made) => {
            const found = fromComparison(statement.lines, made);
            setSaid(found.said);
            setMissing(found.missing);
          }}
        />
        <LineTable<Line>
          caption={t("lines")}
          columns={[
            { id: "what", title: t("columns.document"), cell: (line) => <What movement={line.movement} /> },
            { id: "day", title: t("columns.date"), cell: (line) => <Day day={line.movement.day} />, wideOnly: true },
            {
              id: "stated",
              title: t("columns.stated", { currency: head.currency }),
              cell: (line) => <Stated line={line} />,
              numeric: true,
            },
            {
              id: "said",
              title: t("columns.said"),
              cell: (line) => {
                const one = said[line.number] ?? AGREED;
                return (
                  <Stack gap={6}>
                    <NativeSelect
                      aria-label={t("contest.ofLine", { line: line.number, document: line.movement.number })}
                      data={[{ value: "", label: t("contest.agreed") }, ...REASONS.map((reason) => ({ value: reason, label: t(`reasons.${reason}`) }))]}
                      value={one.reason}
                      onChange={(event) => say1(line, { reason: event.currentTarget.value as Said["reason"] })}
                    />
                    {one.reason === "amount" && (
                      <TextInput
                        aria-label={t("contest.ownAmount", { line: line.number })}
                        placeholder={t("contest.own")}
                        inputMode="decimal"
                        value={one.amount}
                        onChange={(event) => say1(line, { amount: event.currentTarget.value })}
                        error={fault(`line.${line.number}`)}
                      />
                    )}
                    {one.reason !== "" && (
                      <TextInput
                        aria-label={t("contest.noteOf", { line: line.number })}
                        placeholder={t("contest.note")}
                        maxLength={4000}
                        value={one.note}
                        onChange={(event) => say1(line, { note: event.currentTarget.value })}
                        error={one.reason === "amount" ? undefined : fault(`line.${line.number}`)}
                      />
                    )}
                  </Stack>
                );
              },
            },
          ]}
          lines={statement.lines}
          keyOf={(line) => line.number}
        />
        <Sheet title={t("missing.title")}>
          <Text size="sm" c="dimmed" mb="sm">
            {t("missing.text")}
          </Text>
          <LineEditor
            caption={t("missing.title")}
            columns={[
              { id: "day", title: t("missing.day"), placeholder: "2026-11-30", width: 150 },
              { id: "document", title: t("missing.document") },
              { id: "amount", title: t("missing.amount", { currency: head.currency }), numeric: true, width: 170 },
              { id: "note", title: t("contest.note") },
            ]}
            lines={missing}
            onChange={setMissing}
            faults={(place, column) => fault(`missing.${place}.${column}`)}
          />
        </Sheet>
        <Textarea label={t("remark")} autosize minRows={2} maxLength={4000} size="md" value={remark} onChange={(event) => setRemark(event.currentTarget.value)} />
        <Refusal>{refusal}</Refusal>
        <Group justify="space-between">
          <Text fw={600} role="status">
            {t("contest.closing", { receivable: spoken(read.receivable), payable: spoken(read.payable) })}
          </Text>
          <Button type="submit" loading={contest.isPending}>
            {t("contest.confirm", { count: read.objections.length })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Fills in what a table of one's own ledger says of these lines; the person looks through it and sends it. */
function FromTable({ statement, onCompared }: { statement: Statement; onCompared: (made: Schemas["LedgerComparison"]) => void }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const field = useId();
  const [told, setTold] = useState<{ refusal: string | null; done: string | null }>({ refusal: null, done: null });
  const head = statement.reconciliation;
  const { other } = useStanding(head);
  const compare = (file: File): void => {
    setTold({ refusal: null, done: null });
    const asked = new URLSearchParams({ currency: head.currency, date_from: head.date_from, date_to: head.date_to }).toString();
    upload<Schemas["LedgerComparison"]>(
      `/balances/${other.id}/comparison?${asked}`,
      new File([file], file.name, { type: "application/octet-stream" }),
      newKey(),
      () => undefined,
    ).then(
      (made) => {
        onCompared(made);
        setTold({ refusal: null, done: t("contest.compared", { matched: made.matched.length, faults: made.faults.length }) });
      },
      (error: unknown) => setTold({ refusal: say(error), done: null }),
    );
  };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button component="label" htmlFor={field} variant="default">
          {t("contest.fromTable")}
        </Button>
        <input
          id={field}
          type="file"
          accept=".csv,.xlsx"
          className={fileClasses.field}
          aria-label={t("compare.choosing")}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) compare(file);
            event.currentTarget.value = "";
          }}
        />
        <Text role="status" c="dimmed">
          {told.done}
        </Text>
      </Group>
      <Refusal>{told.refusal}</Refusal>
    </Stack>
  );
}

function Stated({ line }: { line: Line }): ReactNode {
  const { t } = useTranslation("reconciling");
  const { side, amount } = statedOf(line);
  return (
    <>
      <Money amount={amount} />
      {side === "payable" && (
        <Text span size="xs" c="dimmed" component="div">
          {t("columns.payable")}
        </Text>
      )}
    </>
  );
}
