/**
 * Every list is a tool: filters as chips in the address, sorting, pages that keep their place, the keyboard,
 * files of what is shown, sums at the foot.
 */
import { ActionIcon, Button, Group, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconChevronLeft, IconChevronRight, IconDownload, IconFilter, IconSearch, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useSearchParams } from "react-router";
import classes from "@/ui/DataList.module.css";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { useFormats } from "@/ui/numbers";

export interface Page<R> {
  items: readonly R[];
  next: string | null;
}

export interface Column<R> {
  id: string;
  title: string;
  cell: (row: R) => ReactNode;
  /** Numbers stand right-aligned in tabular figures. */
  numeric?: boolean;
  /** Makes the column sortable: the API's word for it, such as `gross`. */
  sort?: string;
  /** Stands at the foot, for the rows shown. */
  total?: (rows: readonly R[]) => ReactNode;
  /** Leave out where there is little room. */
  wideOnly?: boolean;
}

/** A filter in the address: `?partner_id=…`; of `choices` several at once: `?status=submitted,confirmed`. */
export type Filter =
  | { id: string; label: string; kind: "choice" | "choices"; options: readonly { value: string; label: string }[] }
  | { id: string; label: string; kind: "day" }
  /** Comes with a link (`?currency=EUR`) and can be taken away, but is not offered. */
  | { id: string; label: string; kind: "given" };

export interface Ask {
  /** Filters in use, by id; `search` among them. */
  filters: Readonly<Record<string, string>>;
  /** What a filter of `choices` lets through; undefined for everything. */
  chosen: (id: string) => string[] | undefined;
  /** `gross`, or `-gross` for downwards; undefined for the list's own order. */
  sort: string | undefined;
  after: string | undefined;
  limit: number;
}

export interface DataListProps<R extends { id: string; sequence?: number }> {
  title: string;
  /** Beginning of the query key, such as `orders`. */
  name: string;
  /** Kinds of notices after which the list is asked for again, such as `["order"]`. */
  live: readonly string[];
  columns: readonly Column<R>[];
  filters?: readonly Filter[];
  searchable?: boolean;
  ask: (question: Ask) => Promise<Page<R>>;
  /** Address of a row's page. Without one, rows do not open. */
  to?: (row: R) => string;
  /** What stands for a row on a phone. */
  card: (row: R) => ReactNode;
  /** Path of the files of the list without ending, such as `/orders/export`. */
  files?: string;
  empty: { title: string; text: string; action?: ReactNode };
  /** Buttons beside the title. */
  actions?: ReactNode;
  /** Where `n` leads. */
  newAt?: string;
}

// What opens on a press is loaded behind the list.
const ListFilters = lazy(async () => ({ default: (await import("@/ui/ListFilters")).ListFilters }));
const ListExport = lazy(async () => ({ default: (await import("@/ui/ListExport")).ListExport }));

const SHOWN = 50;
const NO_ROWS: readonly never[] = [];

export function DataList<R extends { id: string; sequence?: number }>(props: DataListProps<R>): ReactNode {
  const { t } = useTranslation("ui");
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const place = usePlace();
  const navigate = useNavigate();
  const body = useRef<HTMLTableSectionElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const known = [...(props.filters ?? []).map((filter) => filter.id), ...(props.searchable === false ? [] : ["search"])];
  const filters = Object.fromEntries(known.flatMap((id) => (place.get(id) ? [[id, place.get(id) ?? ""]] : [])));
  const sort = place.sort ?? undefined;
  const question = [props.name, "list", filters, sort ?? "", place.after ?? ""];
  const answer = useQuery({
    queryKey: question,
    queryFn: () =>
      props.ask({ filters, chosen: (id) => filters[id]?.split(","), sort, after: place.after, limit: SHOWN }),
    meta: { live: props.live },
    placeholderData: keepPreviousData,
  });
  const rows = answer.data?.items ?? NO_ROWS;
  const changed = useChanged(rows, answer.isSuccess && !answer.isPlaceholderData ? JSON.stringify(question) : null);
  const several = (props.filters ?? []).filter((filter) => filter.kind === "choices").map((filter) => filter.id);
  const filtered = Object.keys(filters).length > 0;
  const next = answer.data?.next ?? null;

  useListKeys({ body, search, ...(props.newAt ? { onNew: () => void navigate(props.newAt ?? "") } : {}) });

  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <Title order={1}>{props.title}</Title>
        <Group gap="xs">
          {props.actions}
          {props.files !== undefined && (
            <Suspense
              fallback={
                <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />} disabled>
                  {t("list.export")}
                </Button>
              }
            >
              <ListExport path={props.files} filters={filters} several={several} sort={sort} />
            </Suspense>
          )}
        </Group>
      </Group>
      <FilterBar
        filters={props.filters ?? []}
        searchable={props.searchable !== false}
        used={filters}
        searchField={search}
        change={place.filter}
      />
      {answer.isError && answer.data === undefined ? (
        <ErrorState error={answer.error} again={() => void answer.refetch()} />
      ) : (
        <div className={classes.sheet} data-stale={answer.isPlaceholderData || undefined}>
          {answer.data === undefined ? (
            <Waiting />
          ) : rows.length === 0 && place.after === undefined ? (
            filtered ? (
              <EmptyState title={t("list.nothing")} text={t("list.nothingText")}>
                <Button variant="default" onClick={place.clear}>
                  {t("list.clear")}
                </Button>
              </EmptyState>
            ) : (
              <EmptyState title={props.empty.title} text={props.empty.text}>
                {props.empty.action}
              </EmptyState>
            )
          ) : phone ? (
            <Cards {...props} rows={rows} changed={changed} />
          ) : (
            <Rows {...props} rows={rows} changed={changed} body={body} sort={place.sort} setSort={place.setSort} />
          )}
        </div>
      )}
      {answer.data !== undefined && (place.hasBefore || next !== null) && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {t("list.page", { page: place.number })}
          </Text>
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconChevronLeft size={16} />}
              disabled={!place.hasBefore}
              onClick={place.back}
            >
              {t("list.previous")}
            </Button>
            <Button
              variant="default"
              rightSection={<IconChevronRight size={16} />}
              disabled={next === null || answer.isPlaceholderData}
              onClick={() => place.forth(next ?? "")}
            >
              {t("list.next")}
            </Button>
          </Group>
        </Group>
      )}
    </Stack>
  );
}

/** Rows that came or changed while this list was looked at: they glow once. Those of another question do not. */
function useChanged(
  rows: readonly { id: string; sequence?: number }[],
  question: string | null,
): ReadonlySet<string> {
  const [before, setBefore] = useState({ rows, question, changed: new Set<string>() });
  if (question === null || (before.rows === rows && before.question === question)) return before.changed;
  const known = new Map(before.rows.map((row) => [row.id, row.sequence]));
  const found =
    before.question === question
      ? rows.filter((row) => !known.has(row.id) || known.get(row.id) !== row.sequence).map((row) => row.id)
      : [];
  const changed = new Set(found);
  setBefore({ rows, question, changed });
  return changed;
}

/** Two names for one glow, by turns: so a row that changes again glows again, and keeps the focus it has. */
function glow(row: { id: string; sequence?: number }, changed: ReadonlySet<string>): "odd" | "even" | undefined {
  if (!changed.has(row.id)) return undefined;
  return (row.sequence ?? 0) % 2 === 1 ? "odd" : "even";
}

// ------------------------------------------------------------------------------- what the address says

/** The state of a list lives in the address; the way back through its pages in the browser's history. */
function usePlace(): {
  get: (id: string) => string | null;
  sort: string | null;
  after: string | undefined;
  number: number;
  hasBefore: boolean;
  filter: (id: string, value: string | null) => void;
  clear: () => void;
  setSort: (word: string) => void;
  forth: (cursor: string) => void;
  back: () => void;
} {
  const [parameters, setParameters] = useSearchParams();
  const state = useLocation().state as { before?: (string | null)[] } | null;
  const before = state?.before ?? [];
  const sort = parameters.get("sort");
  const after = parameters.get("after") ?? undefined;

  const changed = (change: (next: URLSearchParams) => void): URLSearchParams => {
    const next = new URLSearchParams(parameters);
    // Another question begins at its first page.
    next.delete("after");
    change(next);
    return next;
  };
  return {
    get: (id) => parameters.get(id),
    sort,
    after,
    number: before.length + 1,
    hasBefore: after !== undefined,
    filter: (id, value) =>
      setParameters(changed((next) => (value ? next.set(id, value) : next.delete(id))), { replace: true }),
    clear: () => setParameters(new URLSearchParams(sort ? { sort } : {})),
    setSort: (word) =>
      setParameters(
        changed((next) => {
          // Up, down, and back to the order in which things happened.
          if (sort === word) next.set("sort", `-${word}`);
          else if (sort === `-${word}`) next.delete("sort");
          else next.set("sort", word);
        }),
        { replace: true },
      ),
    forth: (cursor) =>
      setParameters(
        changed((next) => next.set("after", cursor)),
        { state: { before: [...before, after ?? null] } },
      ),
    back: () => {
      const last = before.at(-1) ?? null;
      setParameters(
        changed((next) => last !== null && next.set("after", last)),
        { state: { before: before.slice(0, -1) } },
      );
    },
  };
}

// ------------------------------------------------------------------------------------------- the rows

type RowsProps<R extends { id: string; sequence?: number }> = DataListProps<R> & {
  rows: readonly R[];
  changed: ReadonlySet<string>;
};

function Rows<R extends { id: string; sequence?: number }>(
  { body, sort, setSort, ...props }: RowsProps<R> & {
    body: React.RefObject<HTMLTableSectionElement | null>;
    sort: string | null;
    setSort: (word: string) => void;
  },
): ReactNode {
  const { t } = useTranslation("ui");
  const navigate = useNavigate();
  const narrow = useMediaQuery("(max-width: 75em)", false, { getInitialValueInEffect: false });
  const columns = props.columns.filter((column) => !(narrow && column.wideOnly));
  const firstTotal = columns.findIndex((column) => column.total);
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => {
              const word = column.sort;
              const up = word !== undefined && sort === word;
              const down = word !== undefined && sort === `-${word}`;
              return (
                <th
                  key={column.id}
                  scope="col"
                  data-numeric={column.numeric || undefined}
                  aria-sort={up ? "ascending" : down ? "descending" : undefined}
                >
                  {word !== undefined ? (
                    <button type="button" className={classes.sort} onClick={() => setSort(word)}>
                      {column.title}
                      <span aria-hidden="true">{up ? " ↑" : down ? " ↓" : ""}</span>
                    </button>
                  ) : (
                    column.title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody ref={body}>
          {props.rows.map((row) => {
            const to = props.to?.(row);
            return (
              <tr
                key={row.id}
                data-opens={to !== undefined || undefined}
                data-glow={glow(row, props.changed)}
                onDoubleClick={() => {
                  if (to !== undefined) void navigate(to);
                }}
              >
                {columns.map((column, at) => (
                  <td key={column.id} data-numeric={column.numeric || undefined}>
                    {at === 0 && to !== undefined ? (
                      <Link to={to} className={classes.link}>
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
        {firstTotal > 0 && (
          <tfoot>
            <tr>
              <td colSpan={firstTotal}>{`${t("list.rows", { count: props.rows.length })} · ${t("list.sum")}`}</td>
              {columns.slice(firstTotal).map((column) => (
                <td key={column.id} data-numeric={column.numeric || undefined}>
                  {column.total?.(props.rows)}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function Cards<R extends { id: string; sequence?: number }>(props: RowsProps<R>): ReactNode {
  return (
    <ul className={classes.cards}>
      {props.rows.map((row) => {
        const to = props.to?.(row);
        return (
          <li key={row.id} data-glow={glow(row, props.changed)}>
            {to === undefined ? (
              <div className={classes.card}>{props.card(row)}</div>
            ) : (
              <Link to={to} className={classes.card}>
                {props.card(row)}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Waiting(): ReactNode {
  const { t } = useTranslation("entrance");
  return (
    <Stack gap={12} p="md" role="status" aria-label={t("waiting")}>
      {Array.from({ length: 10 }, (_, row) => (
        <Skeleton key={row} height={20} radius={4} />
      ))}
    </Stack>
  );
}

// ---------------------------------------------------------------------------------------- the keyboard

function useListKeys(targets: {
  body: React.RefObject<HTMLTableSectionElement | null>;
  search: React.RefObject<HTMLInputElement | null>;
  onNew?: () => void;
}): void {
  const { body, search, onNew } = targets;
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [role=dialog]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { j: 1, k: -1 }[event.key];
      if (step !== undefined) {
        // Enter then opens by itself: what moves is the focus, on a real link.
        const links = [...(body.current?.querySelectorAll<HTMLAnchorElement>("tr > td:first-child > a") ?? [])];
        const at = links.indexOf(document.activeElement as HTMLAnchorElement);
        links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
      } else if (event.key === "/") search.current?.focus();
      else if (event.key === "n" && onNew) onNew();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [body, search, onNew]);
}

// ------------------------------------------------------------------------------------------- filters

function FilterBar({
  filters,
  searchable,
  used,
  searchField,
  change,
}: {
  filters: readonly Filter[];
  searchable: boolean;
  used: Readonly<Record<string, string>>;
  searchField: React.RefObject<HTMLInputElement | null>;
  change: (id: string, value: string | null) => void;
}): ReactNode {
  const { t } = useTranslation("ui");
  const { day } = useFormats();
  const [typed, setTyped] = useState<string | null>(null);
  const ask = useDebouncedCallback((text: string) => {
    change("search", text.trim() || null);
    setTyped(null);
  }, 250);
  const chips = filters.filter((filter) => used[filter.id] !== undefined);
  const offered = filters.filter((filter): filter is Exclude<Filter, { kind: "given" }> => filter.kind !== "given");
  return (
    <Group gap="xs">
      {searchable && (
        <TextInput
          ref={searchField}
          className={classes.search}
          type="search"
          aria-label={t("list.search")}
          placeholder={t("list.search")}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          value={typed ?? used.search ?? ""}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            ask(event.currentTarget.value);
          }}
          onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      )}
      {offered.length > 0 && (
        <Suspense
          fallback={
            <Button variant="default" leftSection={<IconFilter size={16} stroke={1.6} />} disabled>
              {t("list.filters")}
            </Button>
          }
        >
          <ListFilters filters={offered} used={used} change={change} />
        </Suspense>
      )}
      {chips.map((filter) => (
        <span key={filter.id} className={classes.chip}>
          {filter.label}: <strong>{shown(filter, used[filter.id] ?? "", day)}</strong>
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label={t("list.remove", { name: filter.label })}
            onClick={() => change(filter.id, null)}
          >
            <IconX size={14} />
          </ActionIcon>
        </span>
      ))}
    </Group>
  );
}

function shown(filter: Filter, value: string, day: (text: string) => string): string {
  // Anything can stand in an address; what is no day is shown as it is, and the API says so.
  if (filter.kind === "day") return Number.isNaN(Date.parse(`${value}T00:00:00Z`)) ? value : day(value);
  if (filter.kind === "given") return value;
  return value
    .split(",")
    .map((one) => filter.options.find((option) => option.value === one)?.label ?? one)
    .join(", ");
}
