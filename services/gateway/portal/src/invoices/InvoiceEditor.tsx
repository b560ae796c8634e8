import { Anchor, Button, Group, Skeleton, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconArrowLeft } from "@tabler/icons-react";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { AdjustmentsEditor, ExemptionsEditor, useCategory, useReason } from "@/invoices/Adjustments";
import {
  CATEGORIES,
  adjustingOf,
  contentsOf,
  exemptIn,
  exemptionsOf,
  flat,
  saidOf,
  spread,
  taxOf,
  type Category,
} from "@/invoices/adjusting";
import { allThatIsOpen, asDrafted, atRows, contentOf, freeOf, orderLineOf, remedied, type Line, type Written } from "@/invoices/content";
import classes from "@/invoices/InvoiceEditor.module.css";
import type { Invoice, Preflight } from "@/invoices/queries";
import { useForeseen } from "@/invoices/Standing";
import { SendDialog, today } from "@/invoices/Steps";
import { Findings, VerdictPanel } from "@/invoices/VerdictPanel";
import { useSaid } from "@/said/said";
import { usePageTitle } from "@/shell/usePageTitle";
import { compare, minus, scaled, typed, unscaled } from "@/ui/decimal";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import { LineEditor } from "@/ui/LineTable";
import { Day, Money, useFormats } from "@/ui/numbers";

type Wish = Pick<Schemas["DraftInvoice"], "number" | "issue_date" | "note" | "adjustments" | "exemptions" | "currency" | "exchange"> & {
  lines: Schemas["LineContent"][];
};

interface Goal {
  send: boolean;
}

/** Writes an invoice for one order. What sending it would come to stands beside it while it is written. */
export function InvoiceEditor({
  order,
  open,
  draft,
}: {
  order: Schemas["Order"];
  open: Schemas["OpenQuantities"];
  draft?: Invoice;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const { t: words } = useTranslation("orders");
  const { quantity, money, day } = useFormats();
  const say = useSay();
  const navigate = useNavigate();
  const foreseen = useForeseen();
  const category = useCategory();
  const title = t(draft ? "edit.title" : "new.title", { number: draft?.number ?? "" });
  usePageTitle(title);

  const form = useForm<Written & Record<string, unknown>>({
    initialValues: {
      number: draft?.number ?? "",
      issue_date: draft?.issue_date ?? today(),
      note: draft?.note ?? "",
      lines: draft ? asDrafted(draft, open.lines) : allThatIsOpen(open.lines),
      adjustments: draft?.adjustments.map((one) => adjustingOf(one)) ?? [],
      exemptions: exemptionsOf(draft?.taxes ?? []),
      currency: draft?.currency ?? order.currency,
      exchange: {
        rate: draft?.exchange?.rate ?? "",
        source: draft?.exchange?.source ?? "",
        day: draft?.exchange?.day ?? draft?.issue_date ?? today(),
      },
    },
  });
  const [goneTo, setGoneTo] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  // Kept but not sent, because sending was refused: the next attempt begins from there.
  const [kept, setKept] = useState(draft);
  const forget = useKeptDraft(`invoice.${draft ? `${draft.id}.${draft.sequence}` : order.id}`, form);
  useLeaveWarning(form.isDirty() && goneTo === null);
  // Only when the warning has heard that everything is kept.
  useEffect(() => {
    if (goneTo !== null) void navigate(goneTo, { replace: true });
  }, [goneTo, navigate]);

  const values = form.values;
  const content = useMemo(() => contentOf(values.lines, open.lines), [values.lines, open.lines]);
  const whole = useMemo(() => contentsOf(values.adjustments), [values.adjustments]);
  const exempt = exemptIn(values.lines, values.adjustments).join(" ");
  const said = useMemo(
    () => saidOf(values.exemptions, (exempt ? exempt.split(" ") : []) as Category[]),
    [values.exemptions, exempt],
  );
  const currency = values.currency.trim().toUpperCase();
  const foreign = currency !== order.currency;
  const rate = typed(values.exchange.rate.trim());
  const { source, day: rateDay } = values.exchange;
  const exchange = useMemo(
    () => (foreign && rate !== null ? { rate, source: source.trim(), day: rateDay } : null),
    [foreign, rate, source, rateDay],
  );
  const unreadable = [...(foreign && rate === null && values.exchange.rate.trim() ? ["exchange.rate"] : []), ...content.unreadable, ...whole.unreadable.map((at) => `adjustments.${at}.amount`)];
  const wish = useMemo(
    () => ({
      number: values.number.trim() || null,
      issue_date: values.issue_date || null,
      note: values.note.trim(),
      lines: content.lines,
      adjustments: whole.contents,
      exemptions: said,
      currency: foreign ? currency : null,
      exchange,
    }),
    [values.number, values.issue_date, values.note, content.lines, whole.contents, said, foreign, currency, exchange],
  );
  const rehearsed = useMemo(() => ({ order_id: order.id, invoice_id: draft?.id ?? null, ...wish }), [order.id, draft?.id, wish]);
  const ready = content.lines.length > 0 && unreadable.length === 0 && (!foreign || (/^[A-Z]{3}$/.test(currency) && !!exchange?.source));
  const preflight = usePreflight(rehearsed, ready);
  const settled = preflight.data !== undefined && !preflight.isStale;

  const change = useChange({
    send: async ({ send, wish }: Goal & { wish: Wish }, header): Promise<Invoice> => {
      if (draft === undefined) {
        return send
          ? must(api.POST("/invoices", { params: { header }, body: { order_id: order.id, ...wish, number: wish.number ?? "" } }))
          : must(api.POST("/invoice-drafts", { params: { header }, body: { order_id: order.id, ...wish } }));
      }
      const path = { invoice_id: draft.id };
      const changed = await must(
        api.PUT("/invoices/{invoice_id}", {
          params: { path, header: { ...header, "If-Match": etag(kept ?? draft) } },
          body: { ...wish, issue_date: wish.issue_date ?? draft.issue_date },
        }),
      );
      setKept(changed);
      if (!send) return changed;
      // The second step of one intention: a key of its own, the same at every attempt.
      const second = { "Idempotency-Key": `${header["Idempotency-Key"]}-send`, "If-Match": etag(changed) };
      return must(api.POST("/invoices/{invoice_id}/send", { params: { path, header: second } }));
    },
    invalidates: () => [["invoices"], ["orders", order.id, "invoiced"]],
    onDone: (invoice) => {
      forget();
      setGoneTo(`/invoices/${invoice.id}`);
    },
  });

  const told = (problem: unknown): string | null => {
    if (!(problem instanceof Problem)) return say(problem);
    if (problem.faults.length === 0) return say(problem);
    return showFaults(form, withRows(problem, content.rows), say);
  };
  const begin = (goal: Goal): void => {
    setRefusal(null);
    form.clearErrors();
    if (unreadable.length > 0) {
      form.setErrors(Object.fromEntries(unreadable.map((path) => [path, t("edit.notANumber")])));
      return;
    }
    if (content.lines.length === 0) setRefusal(t("edit.nothing"));
    else if (goal.send && wish.number === null) {
      form.setFieldError("number", t("edit.numberNeeded"));
      document.querySelector<HTMLElement>("[data-number]")?.focus();
    } else if (goal.send) setAsked(true);
    else change.mutate({ ...goal, wish }, { onError: (error) => setRefusal(told(error)) });
  };

  // What the pre-flight has found to be wrong stands at its field before anything is sent.
  const found =
    preflight.error instanceof Problem ? atRows(preflight.error.byField(), content.rows) : {};
  const faultAt = (path: string): ReactNode =>
    form.errors[path] ?? (unreadable.includes(path) ? t("edit.notANumber") : found[path]);
  const faultOf = (at: number, column: string): ReactNode => faultAt(`lines.${at}.${column}`);
  const rows = flat(values.adjustments, values.lines);
  const faultOfAdjustment = (at: number, ...fields: string[]): ReactNode => {
    const of = rows[at]?.of ?? "";
    const place = rows.slice(0, at).filter((row) => row.of === of).length;
    const begin = of === "" ? "adjustments" : `lines.${of}.adjustments`;
    // A fault of all that a line carries stands at the first of it.
    const paths = [...fields.map((field) => `${begin}.${place}.${field}`), ...(place === 0 && of && fields.includes("amount") ? [begin] : [])];
    return paths.map(faultAt).find(Boolean);
  };
  const faultOfExemption = (category: Category, field: string): ReactNode => {
    const place = said.findIndex((one) => one.category === category);
    if (place >= 0) return faultAt(`exemptions.${place}.${field}`);
    return category === "E" && field === "reason" ? faultAt("exemptions") : undefined;
  };
  const netOf = new Map(content.rows.map((row, place) => [row, preflight.data?.lines[place]?.net]));

  const hint = (line: Line, _at: number, column: string): ReactNode => {
    const ordered = orderLineOf(line, open.lines);
    if (column === "item_number" && ordered === undefined && line.quantity) return <strong>{t("match.notOrdered")}</strong>;
    if (column === "unit") return words(`units.${line.unit ?? ""}`, { defaultValue: "" });
    if (column === "tax_rate") return taxOf(line.tax_rate ?? "")?.tax_category ? category((line.tax_rate ?? "").trim().toUpperCase()) : null;
    if (ordered === undefined) return null;
    if (column === "quantity") {
      const free = freeOf(ordered, draft);
      return t("edit.openOf", { open: quantity(free), ordered: quantity(ordered.ordered) });
    }
    const price = typed(line.unit_price ?? "");
    if (column === "unit_price" && foreign) return t("exchange.ordered", { price: money(ordered.unit_price), currency: order.currency });
    if (column === "unit_price" && price !== null && compare(price, ordered.unit_price) !== 0) {
      const by = minus(price, ordered.unit_price);
      return t("edit.orderedAt", { price: money(ordered.unit_price), by: `${by.startsWith("-") ? "" : "+"}${money(by)}` });
    }
    return null;
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        begin({ send: true });
      }}
    >
      <Anchor component={Link} to={draft ? `/invoices/${draft.id}` : `/orders/${order.id}`} size="sm" className={classes.back}>
        <IconArrowLeft size={16} stroke={1.6} />
        {draft ? t("edit.back") : t("forOrder", { number: order.number })}
      </Anchor>
      <header className={classes.header}>
        <div>
          <Title order={1}>{title}</Title>
          <Text c="dimmed">
            {order.customer.name} · {t("forOrder", { number: order.number })} · {t("edit.ordered", { gross: money(order.gross, order.amount_places), currency: order.currency, day: day(order.order_date) })}
          </Text>
        </div>
      </header>
      <div className={classes.columns}>
        <Stack gap="md" className={classes.form}>
          {draft?.remark && draft.decided_by && (
            <div className={classes.returned}>
              <VerdictPanel
                meaning="yours"
                title={t("draft.returned", { name: draft.decided_by.name })}
                remark={{ text: draft.remark, by: draft.customer.name }}
              />
            </div>
          )}
          <Group align="flex-start" gap="md">
            <TextInput
              label={t("edit.number")}
              description={t("edit.numberHint")}
              size="md"
              maxLength={60}
              data-number
              className={classes.number}
              {...form.getInputProps("number")}
              error={form.errors.number ?? preflight.data?.obstacles.find((one) => one.field === "/number" && one.code === "number-taken")?.detail}
            />
            <TextInput
              type="date"
              label={t("edit.date")}
              description={preflight.data ? t("edit.dueOn", { day: day(preflight.data.due_date) }) : " "}
              size="md"
              {...form.getInputProps("issue_date")}
              error={form.errors.issue_date ?? found.issue_date}
            />
          </Group>
          <Group align="flex-start" gap="md">
            <TextInput
              label={t("exchange.currency")}
              maxLength={3}
              size="md"
              className={classes.currency}
              {...form.getInputProps("currency")}
              error={faultAt("currency")}
            />
            {foreign && (
              <>
                <TextInput
                  label={t("exchange.rate", { currency: currency || "–", order: order.currency })}
                  inputMode="decimal"
                  required
                  size="md"
                  {...form.getInputProps("exchange.rate")}
                  error={faultAt("exchange.rate") ?? faultAt("exchange")}
                />
                <TextInput
                  label={t("exchange.source")}
                  placeholder={t("exchange.sourceExample")}
                  maxLength={200}
                  required
                  size="md"
                  {...form.getInputProps("exchange.source")}
                  error={faultAt("exchange.source")}
                />
                <TextInput
                  type="date"
                  label={t("exchange.day")}
                  max={values.issue_date}
                  size="md"
                  {...form.getInputProps("exchange.day")}
                  error={faultAt("exchange.day")}
                />
              </>
            )}
          </Group>
          {foreign && (
            <Text size="sm" c="dimmed">
              {t("exchange.hint", { name: order.initiator.name, order: order.currency })}
            </Text>
          )}
          <LineEditor
            caption={t("lines")}
            columns={[
              { id: "item_number", title: t("line.itemNumber"), width: 120, choices: open.lines.map((line) => ({ value: line.item_number, label: line.description })) },
              { id: "description", title: t("line.description") },
              { id: "quantity", title: t("line.quantity"), numeric: true, width: 92 },
              { id: "unit", title: t("line.unit"), width: 76, choices: UNITS.map((unit) => ({ value: unit, label: words(`units.${unit}`) })) },
              { id: "unit_price", title: t("line.price"), numeric: true, width: 96 },
              { id: "tax_rate", title: t("line.tax"), numeric: true, width: 64, choices: CATEGORIES.map((one) => ({ value: one, label: category(one) })) },
            ]}
            lines={values.lines}
            onChange={(lines) => {
              form.setFieldValue("lines", lines);
              form.clearErrors();
            }}
            faults={faultOf}
            hint={hint}
            afterTitle={t("line.net", { currency })}
            after={(_line, at) => {
              const net = netOf.get(at);
              return net === undefined ? "–" : <Money amount={net} places={preflight.data?.amount_places ?? order.amount_places} />;
            }}
          />
          <AdjustmentsEditor
            rows={rows}
            lines={values.lines}
            rates={ratesOf(order, values.lines)}
            currency={currency}
            fault={faultOfAdjustment}
            onChange={(next) => {
              const { adjustments, lines } = spread(next, values.lines);
              form.setFieldValue("adjustments", adjustments);
              form.setFieldValue("lines", lines);
              form.clearErrors();
            }}
          />
          <ExemptionsEditor
            used={exemptIn(values.lines, values.adjustments)}
            exemptions={values.exemptions}
            fault={faultOfExemption}
            onChange={(exemptions) => {
              form.setFieldValue("exemptions", exemptions);
              form.clearErrors();
            }}
          />
          <Textarea label={t("edit.note")} description={t("edit.noteHint", { customer: order.customer.name })} autosize minRows={2} maxLength={2000} size="md" {...form.getInputProps("note")} />
        </Stack>
        <aside className={classes.side} aria-label={t("preflight.title")}>
          <Foreseen
            preflight={preflight.data}
            checking={preflight.isFetching || preflight.isStale}
            ready={ready}
            error={preflight.error}
            again={() => void preflight.refetch()}
            apply={(remedies) => form.setFieldValue("lines", remedied(values.lines, remedies, content.rows, open.lines))}
          />
          <Refusal>{refusal}</Refusal>
          <Stack gap="xs">
            <Button type="submit" size="md" loading={change.isPending && asked}>
              {t("send.button")}
            </Button>
            <Button variant="default" size="md" loading={change.isPending && !asked} onClick={() => begin({ send: false })}>
              {t("edit.keep")}
            </Button>
          </Stack>
        </aside>
      </div>
      <SendDialog
        opened={asked}
        close={() => setAsked(false)}
        invoice={{
          number: wish.number,
          gross: preflight.data?.gross ?? "0",
          amount_places: preflight.data?.amount_places ?? order.amount_places,
          currency,
          customer: order.customer,
        }}
        foreseen={settled && preflight.data ? foreseen(preflight.data) : t("preflight.checking")}
        refusal={null}
        pending={change.isPending || !settled}
        send={() =>
          change.mutate(
            { send: true, wish },
            {
              onError: (error) => {
                setAsked(false);
                setRefusal(told(error));
              },
            },
          )
        }
      />
    </form>
  );
}

/** The rates above 0 that the order and the lines know. */
function ratesOf(order: Schemas["Order"], lines: readonly Line[]): string[] {
  const typedIn = lines.map((line) => taxOf(line.tax_rate ?? "")?.tax_rate ?? "0");
  const rates = [...order.lines.map((line) => line.tax_rate), ...typedIn].map((rate) => unscaled(scaled(rate)));
  return [...new Set(rates)].filter((rate) => compare(rate, "0") > 0).sort(compare);
}

const UNITS = ["C62", "SET", "PR", "KGM", "TNE", "WEE", "MTR", "LTR", "HUR"];

/** The same faults, at the rows of the form instead of the lines that were sent. */
function withRows(problem: Problem, rows: readonly number[]): Problem {
  const faults = Object.entries(atRows(problem.byField(), rows)).map(([path, detail]) => ({
    field: `/${path.replaceAll(".", "/")}`,
    detail,
  }));
  return new Problem(problem.status, problem.code, problem.message, faults, problem.requestId, problem.retryAfter);
}

/** What would come of sending it, asked again a moment after the last key. */
function usePreflight(
  wish: Schemas["PreflightInvoice"],
  ready: boolean,
): { data: Preflight | undefined; error: Error | null; isFetching: boolean; isStale: boolean; refetch: () => Promise<unknown> } {
  const [asked] = useDebouncedValue(wish, 300);
  const found = useQuery({
    queryKey: ["orders", wish.order_id, "preflight", asked],
    queryFn: () => must(api.POST("/invoices/preflight", { body: asked })),
    enabled: ready,
    placeholderData: keepPreviousData,
    retry: (count, error) => count < 2 && error instanceof Problem && error.outcomeUnknown,
    meta: { live: ["invoice", `order:${wish.order_id}`] },
  });
  return {
    data: ready && !found.isError ? found.data : undefined,
    error: ready ? found.error : null,
    isFetching: found.isFetching,
    // Typed meanwhile, or not answered yet: what stands there is about the words before.
    isStale: ready && (asked !== wish || found.isPlaceholderData),
    refetch: found.refetch,
  };
}

function Foreseen(props: {
  preflight: Preflight | undefined;
  checking: boolean;
  ready: boolean;
  error: Error | null;
  again: () => void;
  /** Changes the lines as the pre-flight proposes. */
  apply: (remedies: readonly Schemas["Remedy"][]) => void;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const foreseen = useForeseen();
  const said = useSaid();
  const category = useCategory();
  const reason = useReason();
  const { preflight } = props;
  if (!props.ready)
    return <VerdictPanel meaning="quiet" title={t("preflight.nothing")} sentences={[t("preflight.nothingText")]} />;
  if (props.error instanceof Problem && props.error.status >= 400 && props.error.status < 500)
    return (
      <VerdictPanel
        live
        meaning="refused"
        title={t("preflight.impossible")}
        sentences={[props.error.message]}
      />
    );
  if (props.error) return <ErrorState error={props.error} again={props.again} />;
  if (preflight === undefined)
    return (
      <div role="status" aria-label={t("preflight.checking")}>
        <Skeleton height={170} radius={8} />
      </div>
    );
  return (
    <div className={classes.foreseen} data-checking={props.checking || undefined}>
      <VerdictPanel
        live
        meaning={preflight.verdict === "passes" ? "accepted" : "waiting"}
        title={foreseen(preflight)}
        sentences={[...(preflight.verdict === "passes" ? [t("preflight.fits")] : preflight.reasons), ...preflight.warnings]}
        record={<Findings findings={preflight.findings} narrow />}
        recordName={t("record.rules")}
      />
      {preflight.remedies.length > 0 && (
        <section className={classes.remedies}>
          <Text fw={600}>{t("preflight.remedies")}</Text>
          <ul>
            {preflight.remedies.map((remedy) => (
              <li key={remedy.sentence}>{said(remedy.sentence)}</li>
            ))}
          </ul>
          <Button size="xs" variant="default" disabled={props.checking} onClick={() => props.apply(preflight.remedies)}>
            {t("preflight.apply")}
          </Button>
        </section>
      )}
      <dl className={classes.sums}>
        {preflight.adjustments.length > 0 && (
          <>
            <div>
              <dt>{t("totals.lines")}</dt>
              <dd>
                <Money amount={preflight.lines_net ?? preflight.net} places={preflight.amount_places} />
              </dd>
            </div>
            {preflight.adjustments.map((one) => (
              <div key={one.number}>
                <dt>{reason(one)}</dt>
                <dd>
                  <Money amount={one.kind === "charge" ? one.amount : `-${one.amount}`} places={preflight.amount_places} />
                </dd>
              </div>
            ))}
          </>
        )}
        <div>
          <dt>{t("totals.net")}</dt>
          <dd>
            <Money amount={preflight.net} places={preflight.amount_places} />
          </dd>
        </div>
        {preflight.taxes.map((tax) => (
          <div key={`${tax.category} ${tax.rate}`}>
            <dt>{tax.category === "S" || tax.category === "Z" ? t("totals.taxOf", { rate: Number(tax.rate) }) : category(tax.category)}</dt>
            <dd>
              <Money amount={tax.amount} places={preflight.amount_places} />
            </dd>
          </div>
        ))}
        <div data-total>
          <dt>{t("totals.gross", { currency: preflight.currency })}</dt>
          <dd>
            <Money amount={preflight.gross} places={preflight.amount_places} />
          </dd>
        </div>
        {preflight.exchange && (
          <div>
            <dt>{t("exchange.inOrder", { currency: preflight.exchange.currency })}</dt>
            <dd>
              <Money amount={preflight.exchange.net} places={preflight.amount_places} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t("facts.due")}</dt>
          <dd>
            <Day day={preflight.due_date} />
          </dd>
        </div>
      </dl>
    </div>
  );
}
