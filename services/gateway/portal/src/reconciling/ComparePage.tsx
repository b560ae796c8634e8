/** A ledger out of another program beside ours: what is the same, what differs, what stands on one side only. */
import { Alert, Anchor, Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import { newKey } from "@/api/change";
import { exchange, saveAs, upload, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { balanceQuery } from "@/invoices/queries";
import { today } from "@/invoices/Steps";
import { AccountTabs } from "@/money/AccountTabs";
import { firstOfMonth, type Period } from "@/money/accounts";
import { What } from "@/money/What";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Money } from "@/ui/numbers";
import backClasses from "@/invoices/InvoiceEditor.module.css";
import classes from "@/ui/Files.module.css";

type Comparison = Schemas["LedgerComparison"];
type Pair = Schemas["LedgerPair"];
type Entry = Schemas["OurEntry"];
type Row = Schemas["LedgerRow"];

interface Chosen {
  file: File;
  turn: string;
}

export function ComparePage(): ReactNode {
  const { t } = useTranslation("reconciling");
  const { t: money } = useTranslation("money");
  const { partnerId = "" } = useParams();
  const [asked, ask] = useSearchParams();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const field = useId();
  const balance = useQuery(balanceQuery(partnerId));
  usePageTitle(t("compare.title"));
  if (balance.error instanceof Problem && (balance.error.status === 404 || balance.error.status === 403)) return <NotFoundPage />;
  const currencies = balance.data?.balances.map((one) => one.currency) ?? [];
  const period: Period = {
    currency: asked.get("currency") ?? currencies[0] ?? "EUR",
    date_from: asked.get("date_from") ?? firstOfMonth(today()),
    date_to: asked.get("date_to") ?? today(),
  };
  const choose = (name: string, value: string): void => {
    const next = new URLSearchParams(asked);
    if (value) next.set(name, value);
    else next.delete(name);
    ask(next, { replace: true });
  };
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/balances" size="sm" className={backClasses.back}>
        <IconArrowLeft size={16} stroke={1.6} />
        {money("accounts.title")}
      </Anchor>
      <Title order={1}>{money("accounts.with", { name: balance.data?.partner.name ?? "" })}</Title>
      <AccountTabs partner={partnerId} />
      <Sheet title={t("compare.title")}>
        <Stack gap="md" mt="xs">
          <Text maw={680}>{t("compare.text")}</Text>
          <Group gap="md">
            <TextInput type="date" label={t("new.from")} value={period.date_from} max={period.date_to} onChange={(event) => choose("date_from", event.currentTarget.value)} />
            <TextInput type="date" label={t("new.to")} value={period.date_to} min={period.date_from} onChange={(event) => choose("date_to", event.currentTarget.value)} />
            {currencies.length > 1 && (
              <NativeSelect label={t("new.currency")} data={currencies} value={period.currency} onChange={(event) => choose("currency", event.currentTarget.value)} />
            )}
          </Group>
          <Group gap="xs">
            <Button component="label" htmlFor={field} variant={chosen === null ? "filled" : "default"}>
              {chosen === null ? t("compare.choose") : t("compare.another")}
            </Button>
            <input
              id={field}
              type="file"
              accept=".csv,.xlsx"
              className={classes.field}
              aria-label={t("compare.choosing")}
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                // What a browser calls a table depends on the programs beside it; the portal looks at the bytes.
                if (file !== undefined) setChosen({ file: new File([file], file.name, { type: "application/octet-stream" }), turn: newKey() });
                event.currentTarget.value = "";
              }}
            />
            <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />} onClick={() => template(t("compare.headings"))}>
              {t("compare.template")}
            </Button>
            {chosen !== null && <Text c="dimmed">{chosen.file.name}</Text>}
          </Group>
        </Stack>
      </Sheet>
      {chosen !== null && <Result partner={partnerId} period={period} chosen={chosen} />}
    </Stack>
  );
}

/** An empty table with the headings that are known, which programs for tables open. */
function template(headings: string): void {
  saveAs(new Blob([`\ufeff${headings}\r\n`], { type: "text/csv" }), "ledger.csv");
}

function Result({ partner, period, chosen }: { partner: string; period: Period; chosen: Chosen }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const asked = new URLSearchParams({ ...period }).toString();
  const found = useQuery({
    queryKey: ["balances", partner, "comparison", period, chosen.turn],
    queryFn: () => upload<Comparison>(`/balances/${partner}/comparison?${asked}`, chosen.file, chosen.turn, () => undefined),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  if (found.data === undefined) return found.isError ? <Refusal>{say(found.error)}</Refusal> : <Coming height={160} />;
  const made = found.data;
  const save = (): void => {
    setRefusal(null);
    exchange(`/balances/${partner}/comparison.xlsx?${asked}`, chosen.file, `comparison-${period.date_to}.xlsx`).catch((error: unknown) => setRefusal(say(error)));
  };
  return (
    <Stack gap="md" aria-live="polite">
      <Group justify="space-between">
        <Text fw={600}>
          {t("compare.sums", {
            matched: made.matched.length,
            differing: made.differing.length,
            ours: made.ours_only.length,
            theirs: made.theirs_only.length,
          })}
        </Text>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />} onClick={save}>
          {t("compare.save")}
        </Button>
      </Group>
      <Refusal>{refusal}</Refusal>
      {(made.turned || made.outside > 0) && (
        <Text c="dimmed">
          {made.turned && t("compare.turned")} {made.outside > 0 && t("compare.outside", { count: made.outside })}
        </Text>
      )}
      {made.faults.length > 0 && (
        <Alert color="gray" variant="light" title={t("compare.faults", { count: made.faults.length })}>
          <ul>
            {made.faults.slice(0, 100).map((fault, at) => (
              <li key={at}>
                {t("compare.fault", { row: fault.row, column: t(`compare.columns.${fault.column}`) })} {fault.detail}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {made.differing.length > 0 && <Pairs title={t("compare.differing")} pairs={made.differing} made={made} />}
      {made.ours_only.length > 0 && (
        <Sheet title={t("compare.oursOnly")}>
          <LineTable<Entry>
            caption={t("compare.oursOnly")}
            columns={[
              { id: "what", title: t("columns.document"), cell: (entry) => <Ours entry={entry} /> },
              { id: "day", title: t("columns.date"), cell: (entry) => <Day day={entry.day} /> },
              { id: "amount", title: t("compare.ours", { currency: made.currency }), cell: (entry) => <Money amount={entry.amount} />, numeric: true },
            ]}
            lines={made.ours_only}
            keyOf={(entry) => `${entry.kind}.${entry.source_id}.${entry.day}`}
          />
        </Sheet>
      )}
      {made.theirs_only.length > 0 && (
        <Sheet title={t("compare.theirsOnly")}>
          <LineTable<Row>
            caption={t("compare.theirsOnly")}
            columns={[
              { id: "number", title: t("compare.columns.number"), cell: (row) => row.number || "–" },
              { id: "row", title: t("compare.row"), cell: (row) => row.row, numeric: true },
              { id: "day", title: t("columns.date"), cell: (row) => <Day day={row.day} /> },
              { id: "text", title: t("compare.columns.text"), cell: (row) => row.text || "–", wideOnly: true },
              { id: "amount", title: t("compare.theirs", { currency: made.currency }), cell: (row) => <Money amount={row.amount} />, numeric: true },
            ]}
            lines={made.theirs_only}
            keyOf={(row) => row.row}
          />
        </Sheet>
      )}
      {made.matched.length > 0 && <Pairs title={t("compare.matched")} pairs={made.matched} made={made} />}
    </Stack>
  );
}

function Pairs({ title, pairs, made }: { title: string; pairs: readonly Pair[]; made: Comparison }): ReactNode {
  const { t } = useTranslation("reconciling");
  const differ = pairs === made.differing;
  const columns: LineColumn<Pair>[] = [
    { id: "what", title: t("columns.document"), cell: (pair) => <Ours entry={pair.ours} /> },
    { id: "day", title: t("columns.date"), cell: (pair) => <Day day={pair.ours.day} />, wideOnly: true },
    { id: "row", title: t("compare.row"), cell: (pair) => pair.theirs.row, numeric: true },
    { id: "their", title: t("compare.theirDocument"), cell: (pair) => pair.theirs.number || pair.theirs.text || "–" },
    { id: "their-day", title: t("compare.theirDay"), cell: (pair) => <Day day={pair.theirs.day} />, wideOnly: true },
    { id: "score", title: t("compare.score"), cell: (pair) => `${pair.score} % · ${t(`compare.bases.${pair.basis}`)}` },
    { id: "ours", title: t("compare.ours", { currency: made.currency }), cell: (pair) => <Money amount={pair.ours.amount} />, numeric: true },
    ...(differ
      ? [
          { id: "theirs", title: t("compare.theirs", { currency: made.currency }), cell: (pair: Pair) => <Money amount={pair.theirs.amount} />, numeric: true },
          { id: "difference", title: t("compare.difference"), cell: (pair: Pair) => <Money amount={pair.difference} />, numeric: true },
        ]
      : []),
  ];
  return (
    <Sheet title={title}>
      <LineTable<Pair> caption={title} columns={columns} lines={pairs} keyOf={(pair) => pair.theirs.row} />
    </Sheet>
  );
}

/** A document of ours, which its name opens. */
function Ours({ entry }: { entry: Entry }): ReactNode {
  return <What movement={entry} />;
}
