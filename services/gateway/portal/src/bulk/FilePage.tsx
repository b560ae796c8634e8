/** Invoices out of a table (S-059): the open lines to fill, what would come of what was filled, and the sending. */
import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconDownload } from "@tabler/icons-react";
import { useId, useState, type DragEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { newKey, useChange } from "@/api/change";
import { fileAddress, upload, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Frame } from "@/bulk/Frame";
import { spoken } from "@/bulk/numbers";
import { Sent } from "@/bulk/Sent";
import { MEANINGS, Sums, toldOf } from "@/bulk/Sums";
import { useUnit } from "@/orders/units";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { useLeaveWarning, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Money, Quantity } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import classes from "@/ui/Files.module.css";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

type Told = Schemas["ForeseenFile"];
type Fault = Schemas["CellFault"];

const TEMPLATE = "/billable-lines/export";

export function FilePage(): ReactNode {
  const { t } = useTranslation("bulk");
  const me = useMe();
  usePageTitle(t("title"));
  if (me.kind !== "supplier") return <NotFoundPage />;
  return <FromFile />;
}

function FromFile(): ReactNode {
  const { t } = useTranslation("bulk");
  const [chosen, setChosen] = useState<{ file: File; turn: number } | null>(null);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState<Schemas["SentFile"] | null>(null);
  const field = useId();
  useLeaveWarning(chosen !== null && sent === null);
  if (sent !== null)
    return (
      <Sent sent={sent}>
        <Faults faults={sent.faults} />
      </Sent>
    );
  const take = (files: FileList | null): void => {
    const file = files?.[0];
    if (file !== undefined) setChosen({ file: asBytes(file), turn: (chosen?.turn ?? 0) + 1 });
  };
  return (
    <Frame text={t("file.text")}>
      <Sheet title={t("file.template")}>
        <Stack gap="xs" mt="xs">
          <Text maw={680}>{t("file.templateText")}</Text>
          <Group gap="xs">
            {(["xlsx", "csv"] as const).map((ending) => (
              <Button
                key={ending}
                component="a"
                href={fileAddress(`${TEMPLATE}.${ending}`)}
                download
                variant="default"
                leftSection={<IconDownload size={16} stroke={1.6} />}
              >
                {t(`file.${ending}`)}
              </Button>
            ))}
          </Group>
        </Stack>
      </Sheet>
      <Sheet title={t("file.filled")}>
        {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- dropping is the mouse's way of choosing below */}
        <div
          className={classes.drop}
          style={{ marginTop: 8 }}
          data-over={over || undefined}
          onDragOver={(event: DragEvent) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event: DragEvent) => {
            event.preventDefault();
            setOver(false);
            take(event.dataTransfer.files);
          }}
        >
          <Text size="sm" c="dimmed" visibleFrom="sm">
            {chosen === null ? t("file.drop") : chosen.file.name}
          </Text>
          <Button component="label" htmlFor={field} variant={chosen === null ? "filled" : "default"}>
            {chosen === null ? t("file.choose") : t("file.another")}
          </Button>
          <input
            id={field}
            type="file"
            accept=".csv,.xlsx"
            className={classes.field}
            aria-label={t("file.choosing")}
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </div>
      </Sheet>
      {chosen !== null && <Preview key={chosen.turn} file={chosen.file} onSent={setSent} />}
    </Frame>
  );
}

/** What a browser calls a table depends on the programs beside it; the portal looks at the bytes. */
function asBytes(file: File): File {
  return new File([file], file.name, { type: "application/octet-stream" });
}

function Preview({ file, onSent }: { file: File; onSent: (sent: Schemas["SentFile"]) => void }): ReactNode {
  const { t } = useTranslation("bulk");
  const say = useSay();
  const [keep, setKeep] = useState(false);
  const [asked] = useState(newKey);
  const columns = useColumns();
  const preview = useQuery({
    queryKey: ["invoices", "file", asked],
    queryFn: () => upload<Told>("/invoice-files/preflight", file, asked, () => undefined),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const send = useChange({
    send: (keepGood: boolean, header) =>
      upload<Schemas["SentFile"]>(`/invoice-files?keep_good=${keepGood}`, file, header["Idempotency-Key"], () => undefined),
    invalidates: () => [["invoices"], ["orders"], ["balances"]],
    onDone: onSent,
  });
  if (preview.data === undefined)
    return preview.isError ? <Refusal>{say(preview.error)}</Refusal> : <Coming height={160} />;
  const told = preview.data;
  const good = told.items.length - told.hindered;
  return (
    <Sheet title={t("previewTitle")}>
      <Stack gap="sm" mt="sm" aria-live="polite">
        <Sums sums={told.sums} hindered={told.hindered} />
        <Faults faults={told.items.flatMap((one) => one.faults)} />
        <LineTable caption={t("previewTitle")} columns={columns} lines={told.items} keyOf={(one) => one.foreseen.place} />
        {told.hindered > 0 && good > 0 && (
          <Checkbox label={t("keep", { count: good })} checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
        )}
        {told.hindered > 0 && (
          <Text size="sm" c="dimmed">
            {t("file.mend")}
          </Text>
        )}
        <Refusal>{send.isError ? say(send.error) : null}</Refusal>
        {good > 0 && (
          <Group>
            <Button disabled={told.hindered > 0 && !keep} loading={send.isPending} onClick={() => send.mutate(keep && told.hindered > 0)}>
              {t("send", { count: good })}
            </Button>
          </Group>
        )}
      </Stack>
    </Sheet>
  );
}

/** What is wrong in the table, row by row, and what to do. */
function Faults({ faults }: { faults: readonly Fault[] }): ReactNode {
  const { t } = useTranslation("bulk");
  if (faults.length === 0) return null;
  const columns: LineColumn<Fault>[] = [
    { id: "row", title: t("file.row"), numeric: true, cell: (fault) => <strong>{fault.row}</strong> },
    { id: "column", title: t("file.column"), cell: (fault) => (fault.column === null ? "–" : t(`file.columns.${fault.column}`)) },
    { id: "todo", title: t("file.todo"), cell: (fault) => fault.detail },
  ];
  return (
    <LineTable
      caption={t("file.faults")}
      columns={columns}
      lines={[...faults].sort((one, other) => one.row - other.row)}
      keyOf={(fault) => `${fault.row} ${fault.column} ${fault.detail}`}
    />
  );
}

function useColumns(): LineColumn<Told["items"][number]>[] {
  const { t } = useTranslation("bulk");
  const unit = useUnit();
  return [
    {
      id: "number",
      title: t("columns.number"),
      cell: ({ foreseen, rows }) => (
        <div>
          <strong>{foreseen.number ?? "–"}</strong>
          <Text size="xs" c="dimmed">
            {t("file.rows", { count: rows.length, rows: spoken(rows) })}
          </Text>
        </div>
      ),
    },
    {
      id: "order",
      title: t("columns.order"),
      cell: ({ foreseen }) => (
        <div>
          {foreseen.order_number ?? "–"}
          <Text size="xs" c="dimmed">
            {foreseen.customer?.name}
          </Text>
        </div>
      ),
    },
    {
      id: "lines",
      title: t("file.lines"),
      cell: ({ foreseen, lines }) =>
        lines.length === 0 ? (
          "–"
        ) : (
          <details>
            <summary>
              {t("file.lineCount", { count: lines.length })}
            </summary>
            {lines.map((line) => (
              <Text key={line.row} size="sm" component="div">
                {line.description}: <Quantity amount={line.quantity} unit={unit(line.unit)} />
                {" · "}
                <Money amount={line.net} currency={foreseen.currency ?? ""} />
              </Text>
            ))}
          </details>
        ),
    },
    {
      id: "verdict",
      title: t("columns.verdict"),
      cell: ({ foreseen, faults }) => (
        <div>
          {faults.length > 0 ? (
            <Badge meaning="refused">{t("hindered")}</Badge>
          ) : (
            foreseen.verdict !== null && <Badge meaning={MEANINGS[foreseen.verdict]}>{t(`verdicts.${foreseen.verdict}`)}</Badge>
          )}
          {faults.length === 0 &&
            toldOf(foreseen).map((sentence) => (
              <Text key={sentence} size="sm" c="dimmed" maw={460}>
                {sentence}
              </Text>
            ))}
        </div>
      ),
    },
    {
      id: "gross",
      title: t("columns.gross"),
      numeric: true,
      cell: ({ foreseen }) =>
        foreseen.gross === null || foreseen.currency === null ? "–" : <Money amount={foreseen.gross} currency={foreseen.currency} />,
    },
  ];
}
