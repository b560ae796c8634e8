/** One reconciliation statement as both sides see it: opening, lines, closing, and what is said of them. */
import { Alert, Anchor, Button, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useChange, type KeyHeader } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { AFTER_STEP, historyQuery, reconciliationQuery, useStanding, type Head, type Line, type Objection, type Statement } from "@/reconciling/queries";
import { What } from "@/money/What";
import { NotFoundPage } from "@/shell/pages";
import { compare } from "@/ui/decimal";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Moment, Money, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { StatusBadge } from "@/ui/StatusBadge";
import { StepDialog } from "@/ui/StepDialog";
import { Timeline } from "@/ui/Timeline";

/** More rows than anybody reads on a screen; the files have them all. */
const SHOWN = 500;

export function ReconciliationPage(): ReactNode {
  const { id = "" } = useParams();
  const found = useQuery(reconciliationQuery(id));
  if (found.isPending) return <DocumentWaiting />;
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={found.error} again={() => void found.refetch()} />;
  }
  return <Shown statement={found.data} />;
}

function Shown({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const me = useMe();
  const { day } = useFormats();
  const head = statement.reconciliation;
  const { own, other } = useStanding(head);
  return (
    <DocumentPage
      kind={t("statement")}
      title={head.number ?? t("draft")}
      status={<StatusBadge kind="reconciliation" status={head.status} large />}
      subtitle={
        <>
          {me.kind === "operator" ? (
            `${head.supplier.name} – ${head.customer.name}`
          ) : (
            <Anchor component={Link} to={`/balances/${other.id}`}>
              {other.name}
            </Anchor>
          )}
          {" · "}
          {day(head.date_from)} – {day(head.date_to)}
        </>
      }
      sum={<Money amount={head.closing.receivable} currency={head.currency} />}
      actions={<Steps statement={statement} />}
      files={`/reconciliations/${head.id}/document`}
      back={{ to: "/reconciliations", label: t("title") }}
      notice={<Notice statement={statement} own={own} />}
      bodyLabel={t("lines")}
      details={
        <Sheet>
          <Stack gap="md">
            <Parties customer={head.customer} supplier={head.supplier} />
            <Facts
              facts={[
                [t("facts.author"), head.author.name],
                [t("facts.made"), <span key="made">{head.made_by.name}, <Moment at={head.made_at} /></span>],
                ...(head.sent_at === null ? [] : ([[t("facts.sent"), <Moment key="sent" at={head.sent_at} />]] as const)),
                ...(head.revision > 1 ? ([[t("facts.revision"), head.revision]] as const) : []),
                ...(head.note ? ([[t("facts.note"), head.note]] as const) : []),
              ]}
            />
          </Stack>
        </Sheet>
      }
      sections={[{ id: "history", label: t("history.title"), content: <History id={head.id} /> }]}
    >
      <Stack gap="md">
        <Lines statement={statement} />
        <Objections head={head} />
      </Stack>
    </DocumentPage>
  );
}

/** What this person should know before anything else. */
function Notice({ statement, own }: { statement: Statement; own: boolean }): ReactNode {
  const { t } = useTranslation("reconciling");
  const { money, moment } = useFormats();
  const { reconciliation: head, current } = statement;
  const { keeps, other } = useStanding(head);
  const spoken = (amount: string): string => `${money(amount)} ${head.currency}`;
  const moved = compare(current.receivable, head.closing.receivable) !== 0 || compare(current.payable, head.closing.payable) !== 0;
  const by = head.decided_by?.name ?? "–";
  const at = head.decided_at === null ? "" : moment(head.decided_at);
  return (
    <Stack gap="sm" mb="md">
      {head.status === "draft" && (
        <Alert color="gray" variant="light" title={t("notice.draft")}>
          {t("notice.draftText", { name: other.name })}
        </Alert>
      )}
      {head.status === "sent" && (
        <Alert color="gray" variant="light" title={t(own ? "notice.waits" : "notice.yours", { name: own ? other.name : head.author.name })}>
          {t(own || !keeps ? "notice.waitsText" : "notice.yoursText", { receivable: spoken(head.closing.receivable), payable: spoken(head.closing.payable) })}
        </Alert>
      )}
      {head.status === "contested" && (
        <Alert color="gray" variant="light" title={t("notice.contested", { count: head.objections.length, name: by, at })}>
          {head.claimed !== null && (
            <p>{t("notice.claimed", { receivable: spoken(head.claimed.receivable), payable: spoken(head.claimed.payable) })}</p>
          )}
          {head.remark}
        </Alert>
      )}
      {(head.status === "confirmed" || head.status === "withdrawn") && (
        <Alert color="gray" variant="light" title={t(`notice.${head.status}`, { name: by, at })}>
          {head.remark}
        </Alert>
      )}
      {moved && head.status !== "draft" && head.status !== "withdrawn" && (
        <Alert color="gray" variant="light" title={t("notice.moved")}>
          {t("notice.movedText", { receivable: spoken(current.receivable), payable: spoken(current.payable) })}
        </Alert>
      )}
    </Stack>
  );
}

interface Row {
  key: string;
  number?: number;
  day: string;
  title?: string;
  line?: Line;
  receivable: string;
  payable: string;
}

function Lines({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const head = statement.reconciliation;
  const objections = new Map(head.status === "contested" ? head.objections.map((one) => [one.line, one]) : []);
  const columns: LineColumn<Row>[] = [
    { id: "number", title: t("columns.line"), cell: (row) => row.number ?? "", wideOnly: true },
    { id: "day", title: t("columns.date"), cell: (row) => <Day day={row.day} /> },
    {
      id: "what",
      title: t("columns.document"),
      cell: (row) =>
        row.line === undefined ? (
          <strong>{row.title}</strong>
        ) : (
          <>
            <What movement={row.line.movement} />
            <Said objection={objections.get(row.line.number)} currency={head.currency} />
          </>
        ),
    },
    { id: "receivable", title: t("columns.receivableIn", { currency: head.currency }), cell: (row) => <Amount of={row.receivable} bold={row.line === undefined} />, numeric: true },
    { id: "payable", title: t("columns.payableIn", { currency: head.currency }), cell: (row) => <Amount of={row.payable} bold={row.line === undefined} />, numeric: true },
  ];
  return (
    <>
      <LineTable<Row>
        caption={t("lines")}
        columns={columns}
        lines={[
          { key: "opening", day: head.date_from, title: t("opening"), ...head.opening },
          ...statement.lines.slice(0, SHOWN).map((line) => ({
            key: String(line.number),
            number: line.number,
            day: line.movement.day,
            line,
            receivable: line.movement.receivable,
            payable: line.movement.payable,
          })),
          { key: "closing", day: head.date_to, title: t("closing"), ...head.closing },
        ]}
        keyOf={(row) => row.key}
        totals={[
          [t("totals.charged"), <Money key="charged" amount={head.charged} />],
          [t("totals.credited"), <Money key="credited" amount={head.credited} />],
          [t("totals.paid"), <Money key="paid" amount={head.paid} />],
        ]}
      />
      {statement.lines.length > SHOWN && <Text c="dimmed">{t("more", { shown: SHOWN, count: statement.lines.length })}</Text>}
      {statement.lines.length === 0 && <Text c="dimmed">{t("still")}</Text>}
    </>
  );
}

function Amount({ of, bold }: { of: string; bold: boolean }): ReactNode {
  if (bold)
    return (
      <strong>
        <Money amount={of} />
      </strong>
    );
  return Number(of) === 0 ? "–" : <Money amount={of} />;
}

/** What the other side says of a line. */
function Said({ objection, currency }: { objection: Objection | undefined; currency: string }): ReactNode {
  const { t } = useTranslation("reconciling");
  const { money } = useFormats();
  if (objection === undefined) return null;
  const own = objection.reason === "amount" || objection.reason === "missing" ? objection.own : null;
  return (
    <Text size="sm" c="var(--mantine-color-error)">
      {t(`reasons.${objection.reason}`)}
      {own !== null && `: ${money(own)} ${currency}`}
      {objection.note && ` · ${objection.note}`}
    </Text>
  );
}

/** What is missing in a contested statement; and what was contested before, with the answers. */
function Objections({ head }: { head: Head }): ReactNode {
  const { t } = useTranslation("reconciling");
  const contested = head.status === "contested";
  const listed = head.objections.filter((one) => !contested || one.line === null);
  if (listed.length === 0) return null;
  return (
    <LineTable<Objection>
      caption={t(contested ? "missing.title" : "answered")}
      columns={[
        { id: "document", title: t("columns.document"), cell: (one) => <strong>{one.document || "–"}</strong> },
        { id: "day", title: t("columns.date"), cell: (one) => <Day day={one.day} /> },
        { id: "said", title: t("columns.said"), cell: (one) => <Said objection={one} currency={head.currency} /> },
        ...(contested ? [] : [{ id: "answer", title: t("columns.answer"), cell: (one: Objection) => one.answer ?? "–" }]),
      ]}
      lines={listed}
      keyOf={(one) => one.number}
    />
  );
}

function History({ id }: { id: string }): ReactNode {
  const { t } = useTranslation("reconciling");
  const found = useQuery(historyQuery(id));
  return (
    <Timeline
      happenings={(found.data?.entries ?? []).map(({ sequence, event, at, user_name, state }) => ({
        id: String(sequence),
        at,
        what: t(`history.${event}`, { number: state.number ?? t("draft"), count: state.objections.length }),
        who: user_name ?? null,
      }))}
    />
  );
}

// ----------------------------------------------------------------------------------------------------- steps

function Steps({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const head = statement.reconciliation;
  const { own, keeps } = useStanding(head);
  if (!keeps || head.status === "confirmed" || head.status === "withdrawn") return null;
  if (own)
    return (
      <>
        {head.status === "draft" && <Send statement={statement} />}
        {head.status === "contested" && <Revise statement={statement} />}
        {head.status === "draft" && (
          <Button component={Link} to={`/reconciliations/${head.id}/edit`} variant="default">
            {t("edit")}
          </Button>
        )}
        <Withdraw statement={statement} />
      </>
    );
  return (
    <>
      <Confirm statement={statement} />
      <Button component={Link} to={`/reconciliations/${head.id}/contest`} variant="default">
        {t("contest.button")}
      </Button>
    </>
  );
}

/** Sends one step of a statement that was read in this state. */
function useStep<V>(statement: Statement, send: (wish: V, params: { path: { reconciliation_id: string }; header: KeyHeader & { "If-Match": string } }) => Promise<Statement>, onDone: () => void) {
  return useChange({
    send: (wish: V, header) =>
      send(wish, { path: { reconciliation_id: statement.reconciliation.id }, header: { ...header, "If-Match": etag(statement) } }),
    invalidates: () => AFTER_STEP,
    onDone,
  });
}

function Send({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const { money } = useFormats();
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const head = statement.reconciliation;
  const { other } = useStanding(head);
  const send = useStep(statement, (_: null, params) => must(api.POST("/reconciliations/{reconciliation_id}/send", { params })), () => setOpened(false));
  return (
    <>
      <Button onClick={() => { setRefusal(null); setOpened(true); }}>{t("send.button")}</Button>
      {opened && (
        <StepDialog
          title={t("send.title", { name: other.name })}
          word={t("send.confirm")}
          pending={send.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={() => send.mutate(null, { onError: (error) => setRefusal(say(error)) })}
        >
          <Text>{t("send.consequence", { count: statement.lines.length, receivable: `${money(head.closing.receivable)} ${head.currency}` })}</Text>
        </StepDialog>
      )}
    </>
  );
}

function Confirm({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const { money } = useFormats();
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const head = statement.reconciliation;
  const form = useForm({ initialValues: { remark: "" } });
  const confirm = useStep(
    statement,
    (remark: string, params) => must(api.POST("/reconciliations/{reconciliation_id}/confirm", { params, body: { remark: remark || null } })),
    () => setOpened(false),
  );
  return (
    <>
      <Button onClick={() => { setRefusal(null); setOpened(true); }}>{t("confirm.button")}</Button>
      {opened && (
        <StepDialog
          title={t("confirm.title", { number: head.number })}
          word={t("confirm.confirm")}
          dirty={form.isDirty()}
          pending={confirm.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ remark }) => confirm.mutate(remark.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) }))}
        >
          <Text>
            {t("confirm.consequence", {
              receivable: `${money(head.closing.receivable)} ${head.currency}`,
              payable: `${money(head.closing.payable)} ${head.currency}`,
            })}
          </Text>
          <Textarea label={t("remark")} autosize minRows={2} maxLength={4000} size="md" {...form.getInputProps("remark")} />
        </StepDialog>
      )}
    </>
  );
}

function Revise({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const head = statement.reconciliation;
  const form = useForm<{ answers: Record<string, string> }>({ initialValues: { answers: {} } });
  const revise = useStep(
    statement,
    (answers: Record<string, string>, params) =>
      must(
        api.POST("/reconciliations/{reconciliation_id}/revise", {
          params,
          body: { answers: head.objections.map((one) => ({ objection: one.number, answer: (answers[one.number] ?? "").trim() })) },
        }),
      ),
    () => setOpened(false),
  );
  return (
    <>
      <Button onClick={() => { setRefusal(null); setOpened(true); }}>{t("revise.button")}</Button>
      {opened && (
        <StepDialog
          title={t("revise.title", { number: head.number })}
          word={t("revise.confirm")}
          wide
          dirty={form.isDirty()}
          pending={revise.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ answers }) => {
            setRefusal(null);
            const silent = head.objections.filter((one) => !(answers[one.number] ?? "").trim());
            for (const one of silent) form.setFieldError(`answers.${one.number}`, t("revise.needed"));
            if (silent.length === 0) revise.mutate(answers, { onError: (error) => setRefusal(say(error)) });
          })}
        >
          <Text>{t("revise.consequence")}</Text>
          {head.objections.map((one) => (
            <div key={one.number}>
              <Text fw={600}>{one.document}</Text>
              <Said objection={one} currency={head.currency} />
              <Textarea
                label={t("revise.answer", { document: one.document })}
                autosize
                minRows={1}
                maxLength={4000}
                size="md"
                {...form.getInputProps(`answers.${one.number}`)}
                value={form.values.answers[one.number] ?? ""}
              />
            </div>
          ))}
        </StepDialog>
      )}
    </>
  );
}

function Withdraw({ statement }: { statement: Statement }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const head = statement.reconciliation;
  const draft = head.status === "draft";
  const form = useForm({ initialValues: { reason: "" } });
  const withdraw = useStep(
    statement,
    (reason: string, params) => must(api.POST("/reconciliations/{reconciliation_id}/withdraw", { params, body: { reason } })),
    () => {
      setOpened(false);
      if (draft) void navigate("/reconciliations", { replace: true });
    },
  );
  return (
    <>
      <Button variant="default" onClick={() => { setRefusal(null); setOpened(true); }}>
        {t(draft ? "withdraw.discard" : "withdraw.button")}
      </Button>
      {opened && (
        <StepDialog
          title={t(draft ? "withdraw.discardTitle" : "withdraw.title", { number: head.number })}
          word={t(draft ? "withdraw.discard" : "withdraw.confirm")}
          grave
          dirty={form.isDirty()}
          pending={withdraw.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ reason }) => {
            setRefusal(null);
            if (!draft && !reason.trim()) form.setFieldError("reason", t("withdraw.needed"));
            else withdraw.mutate(reason.trim() || t("withdraw.discard"), { onError: (error) => setRefusal(showFaults(form, error, say)) });
          })}
        >
          <Text>{t(draft ? "withdraw.discardText" : "withdraw.consequence")}</Text>
          {!draft && <Textarea label={t("withdraw.reason")} autosize minRows={2} maxLength={1000} size="md" data-autofocus {...form.getInputProps("reason")} />}
        </StepDialog>
      )}
    </>
  );
}
