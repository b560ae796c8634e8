/** The lines of a document: to read, and to write by keyboard or out of a spreadsheet. */
import { ActionIcon, Button, Text } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ClipboardEvent, KeyboardEvent, ReactNode } from "react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/ui/LineTable.module.css";

export interface LineColumn<L> {
  id: string;
  title: string;
  cell: (line: L) => ReactNode;
  numeric?: boolean;
  /** Quiet columns give way first: they are left out of the cards of a phone. */
  wideOnly?: boolean;
}

/** Lines to read. On a phone each is a card whose first column is its heading. */
export function LineTable<L>(props: {
  caption: string;
  columns: readonly LineColumn<L>[];
  lines: readonly L[];
  keyOf: (line: L) => string | number;
  /** Rows at the foot, such as net, tax and total: label and value. */
  totals?: readonly (readonly [label: string, value: ReactNode])[];
}): ReactNode {
  return (
    <div className={classes.sheet}>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <caption className={classes.unseen}>{props.caption}</caption>
          <thead>
            <tr>
              {props.columns.map((column) => (
                <th key={column.id} scope="col" data-numeric={column.numeric || undefined}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.lines.map((line) => (
              <tr key={props.keyOf(line)}>
                {props.columns.map((column) => (
                  <td
                    key={column.id}
                    data-label={column.title}
                    data-numeric={column.numeric || undefined}
                    data-wide={column.wideOnly || undefined}
                  >
                    <div className={classes.value}>{column.cell(line)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {props.totals !== undefined && (
        <dl className={classes.totals}>
          {props.totals.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

export interface EditColumn {
  id: string;
  title: string;
  numeric?: boolean;
  width?: number;
  placeholder?: string;
  /** Words to choose from while typing, by value: `AR-5381` with its name. */
  choices?: readonly { value: string; label: string }[];
}

type Line = Record<string, string>;

/**
 * Lines to write. Values are text as typed; the form turns them into numbers. Enter goes down, and makes a new
 * line at the end. What is copied from a spreadsheet fills the cells from where it is pasted.
 */
export function LineEditor(props: {
  caption: string;
  columns: readonly EditColumn[];
  lines: readonly Line[];
  onChange: (lines: Line[]) => void;
  /** Faults by `${line}.${column}`, as the form tells them. */
  faults?: (line: number, column: string) => ReactNode;
  /** What is worth knowing while a cell is written, below it: how much of it was ordered. */
  hint?: (line: Line, at: number, column: string) => ReactNode;
  /** What stands behind a line: its computed net amount. */
  after?: (line: Line, at: number) => ReactNode;
  afterTitle?: string;
}): ReactNode {
  const { t } = useTranslation("ui");
  const table = useRef<HTMLTableElement>(null);
  const { columns, lines, onChange } = props;
  const blank = (): Line => Object.fromEntries(columns.map((column) => [column.id, ""]));

  const set = (at: number, column: string, value: string): void =>
    onChange(lines.map((line, place) => (place === at ? { ...line, [column]: value } : { ...line })));

  const focus = (at: number, column: number): void => {
    // After the new line is there.
    requestAnimationFrame(() =>
      table.current?.querySelector<HTMLInputElement>(`[data-cell="${at}.${column}"]`)?.focus(),
    );
  };

  const onKey = (event: KeyboardEvent, at: number, column: number): void => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (at === lines.length - 1) onChange([...lines, blank()]);
      focus(at + 1, column);
    } else if (event.key === "ArrowDown" && event.altKey) focus(at + 1, column);
    else if (event.key === "ArrowUp" && event.altKey) focus(at - 1, column);
  };

  const onPaste = (event: ClipboardEvent, at: number, column: number): void => {
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const next = lines.map((line) => ({ ...line }));
    text.split("\n").forEach((row, down) => {
      const line = (next[at + down] ??= blank());
      row.split("\t").forEach((value, right) => {
        const target = columns[column + right];
        if (target) line[target.id] = value.trim();
      });
    });
    onChange(next);
  };

  return (
    <div className={classes.sheet}>
      <div className={classes.scroll}>
        <table className={classes.table} ref={table} data-edit>
          <caption className={classes.unseen}>{props.caption}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.id} scope="col" data-numeric={column.numeric || undefined} style={{ width: column.width }}>
                  {column.title}
                </th>
              ))}
              {props.after && (
                <th scope="col" data-numeric>
                  {props.afterTitle}
                </th>
              )}
              <th>
                <span className={classes.unseen}>{t("table.remove", { number: "" })}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, at) => (
              // Lines have no identity of their own but their place.
              <tr key={at}>
                {columns.map((column, place) => {
                  const fault = props.faults?.(at, column.id);
                  const hint = props.hint?.(line, at, column.id);
                  return (
                    <td key={column.id} data-label={column.title} data-numeric={column.numeric || undefined}>
                      <input
                        className={classes.input}
                        data-cell={`${at}.${place}`}
                        aria-label={`${column.title}, ${at + 1}`}
                        aria-invalid={fault ? true : undefined}
                        inputMode={column.numeric ? "decimal" : "text"}
                        value={line[column.id] ?? ""}
                        placeholder={column.placeholder}
                        list={column.choices && `choices-${column.id}`}
                        onChange={(event) => set(at, column.id, event.currentTarget.value)}
                        onKeyDown={(event) => onKey(event, at, place)}
                        onPaste={(event) => onPaste(event, at, place)}
                      />
                      {fault ? (
                        <Text size="xs" c="var(--mantine-color-error)" className={classes.hint}>
                          {fault}
                        </Text>
                      ) : hint ? (
                        <Text size="xs" c="dimmed" component="div" className={classes.hint}>
                          {hint}
                        </Text>
                      ) : null}
                    </td>
                  );
                })}
                {props.after && (
                  <td data-numeric data-after data-label={props.afterTitle}>
                    {props.after(line, at)}
                  </td>
                )}
                <td data-remove>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t("table.remove", { number: at + 1 })}
                    disabled={lines.length === 1}
                    onClick={() => onChange(lines.filter((_, other) => other !== at))}
                  >
                    <IconTrash size={16} stroke={1.6} />
                  </ActionIcon>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {columns.map((column) =>
        column.choices === undefined ? null : (
          <datalist key={column.id} id={`choices-${column.id}`}>
            {column.choices.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </datalist>
        ),
      )}
      <div className={classes.foot}>
        <Button
          variant="subtle"
          leftSection={<IconPlus size={16} />}
          onClick={() => {
            onChange([...lines, blank()]);
            focus(lines.length, 0);
          }}
        >
          {t("table.add")}
        </Button>
        <Text size="xs" c="dimmed">
          {t("table.paste")}
        </Text>
      </div>
    </div>
  );
}
