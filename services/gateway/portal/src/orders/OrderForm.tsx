/** Writing an order: a new one, a draft, or a revision of one that the supplier has. */
import { Anchor, Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedCallback, useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconAlertTriangle, IconSearch } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { differences } from "@/orders/difference";
import { Changed } from "@/orders/History";
import { Letter, type Written } from "@/orders/Letter";
import { blankLine, faultsOf, filledFrom, isBlank, netOf, sentLine, totalsOf, type Typed } from "@/orders/lines";
import { partnershipsQuery, productsQuery, type Order, type Product } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { daysAfter, today } from "@/orders/typing";
import { UNITS, useUnits } from "@/orders/units";
import { compare, minorUnit, scaled, unscaled } from "@/ui/decimal";
import { Sheet } from "@/ui/DocumentPage";
import { Overtaken, Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import { LineEditor } from "@/ui/LineTable";
import { Money, useFormats } from "@/ui/numbers";
import classes from "@/orders/orders.module.css";

export type Purpose = "new" | "edit" | "revise";

export interface Values extends Record<string, unknown> {
  supplier_id: string;
  number: string;
  delivery_date: string;
  delivery_address: string;
  note: string;
  lines: Typed[];
}

/** Fields side by side stand in one line, however long the hints. */
const HINT_BELOW: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];

/** Beyond this a price list is searched through no further for numbers that were pasted. */
const MOST_PAGES = 10;

export function OrderForm(props: { purpose: Purpose; name: string; title: string; order?: Order; initial: Values }): ReactNode {
  const { purpose, order } = props;
  const { t } = useTranslation("orders");
  const me = useMe();
  const say = useSay();
  const units = useUnits();
  const { day, money } = useFormats();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [looking, setLooking] = useState(false);
  const [gone, setGone] = useState<string | null>(null);
  // What is written was begun on this state of the order; a newer one is somebody else's.
  const [sequence, setSequence] = useState(order?.sequence ?? 0);
  const form = useForm<Values>({
    initialValues: props.initial,
    validate: (values) => {
      const faults: Record<string, string> = {};
      if (!values.supplier_id) faults.supplier_id = t("faults.supplier");
      for (const [path, fault] of Object.entries(faultsOf(values.lines))) faults[path] = t(`faults.${fault}`, { most: 100 });
      if (values.lines.every(isBlank)) faults["lines.0.item_number"] = t("faults.lines");
      return faults;
    },
  });
  const forget = useKeptDraft(props.name, form);
  useLeaveWarning(form.isDirty() && gone === null);
  // After the warning has been taken back: what was typed is saved.
  useEffect(() => {
    if (gone !== null) void navigate(gone, { replace: true });
  }, [gone, navigate]);

  const { values } = form;
  const partnerships = useQuery(partnershipsQuery());
  const partnership = partnerships.data?.items.find((one) => one.supplier.id === values.supplier_id);
  const currency = order !== undefined && purpose !== "new" ? order.currency : (partnership?.currency ?? "");
  const places = order !== undefined && purpose !== "new" ? order.amount_places : minorUnit(currency);
  const written = values.lines.filter((line) => !isBlank(line));
  const sums = totalsOf(written, places);
  const supplier = order !== undefined && purpose !== "new" ? order.supplier.name : (partnership?.supplier.name ?? "");

  const lookUp = useLookUp(values.supplier_id);
  const fill = useDebouncedCallback((lines: Typed[]) => {
    const unknown = lines.flatMap((line) => {
      const number = line.item_number?.trim() ?? "";
      return number && line.filled?.toLowerCase() !== number.toLowerCase() ? [number] : [];
    });
    if (unknown.length === 0) return;
    void lookUp(unknown).then((found) =>
      form.setFieldValue("lines", (now: Typed[]) =>
        now.map((line) => {
          const number = line.item_number?.trim().toLowerCase() ?? "";
          const product = line.filled?.toLowerCase() === number ? undefined : found.get(number);
          return product === undefined ? line : filledFrom(line, product, units);
        }),
      ),
    );
  }, 300);

  // Lines that come with the address, or of an earlier order, are looked up as well.
  useEffect(() => {
    if (purpose === "new" && form.getValues().supplier_id) fill(form.getValues().lines);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once, with what the form begins with
  }, []);

  const setLines = (lines: Typed[]): void => {
    form.setFieldValue("lines", lines);
    for (const key of Object.keys(form.errors)) if (key.startsWith("lines")) form.clearFieldError(key);
    fill(lines);
  };

  const add = (product: Product): void => {
    const line = filledFrom(blankLine(), product, units);
    const at = values.lines.findIndex(isBlank);
    const place = at < 0 ? values.lines.length : at;
    form.setFieldValue("lines", at < 0 ? [...values.lines, line] : values.lines.map((one, other) => (other === at ? line : one)));
    requestAnimationFrame(() => document.querySelector<HTMLInputElement>(`[data-cell="${String(place)}.1"]`)?.focus());
  };

  const save = useChange({
    send: (wish: { body: Schemas["DraftOrder"]; sequence: number }, header): Promise<Order> => {
      const { body } = wish;
      if (order === undefined || purpose === "new") return must(api.POST("/orders", { params: { header }, body }));
      const params = {
        path: { order_id: order.id },
        header: { ...header, "If-Match": etag(wish) },
      };
      if (purpose === "revise")
        return must(api.POST("/orders/{order_id}/revise", { params, body: { lines: body.lines, note: body.note } }));
      const { lines, delivery_date, delivery_address, note } = body;
      return must(api.PUT("/orders/{order_id}", { params, body: { lines, delivery_date, delivery_address, note } }));
    },
    invalidates: () => [["orders"]],
  });
  const submit = useChange({
    send: (saved: { id: string; sequence: number }, header) =>
      must(
        api.POST("/orders/{order_id}/submit", {
          params: { path: { order_id: saved.id }, header: { ...header, "If-Match": etag(saved) } },
        }),
      ),
    invalidates: () => [["orders"]],
  });

  /** Saves, and sends it where `andSend`; the page of the order follows. */
  const finish = async (andSend: boolean): Promise<void> => {
    setRefusal(null);
    try {
      const saved = await save.mutateAsync({
        body: {
          supplier_id: values.supplier_id,
          lines: written.map((line) => sentLine(line, units)),
          delivery_date: values.delivery_date || null,
          delivery_address: values.delivery_address.trim(),
          note: values.note.trim(),
          submit: andSend && purpose === "new",
          ...(values.number.trim() ? { number: values.number.trim() } : {}),
        },
        sequence,
      });
      setSequence(saved.sequence);
      // What is saved stays saved, whatever becomes of the sending: the order's page shows it.
      if (andSend && purpose === "edit") await submit.mutateAsync({ id: saved.id, sequence: saved.sequence });
      forget();
      setGone(`/orders/${saved.id}`);
    } catch (error) {
      setLooking(false);
      setRefusal(showFaults(form, error, say));
    }
  };
  const pending = save.isPending || submit.isPending;
  const overtaken = purpose !== "new" && order !== undefined && order.sequence > sequence && !pending && gone === null;

  /** Blank lines go, so that line and fault stand at the same place; then the next step, if nothing is wrong. */
  const checked = (next: () => void): void => {
    setRefusal(null);
    if (written.length > 0 && written.length < values.lines.length) form.setFieldValue("lines", written);
    // The form sees what was set only when it is drawn again; what is checked is the same.
    const faults = faultsOf(written);
    if (written.length > 0 && values.supplier_id && Object.keys(faults).length === 0) next();
    else {
      form.setErrors({
        ...(values.supplier_id ? {} : { supplier_id: t("faults.supplier") }),
        ...(written.length === 0 ? { "lines.0.item_number": t("faults.lines") } : {}),
        ...Object.fromEntries(Object.entries(faults).map(([path, fault]) => [path, t(`faults.${fault}`, { most: 100 })])),
      });
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    }
  };

  const letter: Written = {
    number: order !== undefined && purpose !== "new" ? order.number : values.number.trim() || null,
    customer: me.standing?.organisation.name ?? "",
    supplier,
    initiator: order !== undefined && purpose !== "new" ? order.initiator.name : me.session.user.name,
    currency,
    places,
    deliveryDate: purpose === "revise" ? (order?.delivery_date ?? null) : values.delivery_date || null,
    address: purpose === "revise" ? (order?.delivery_address ?? "") : values.delivery_address.trim(),
    note: values.note.trim(),
    paymentDays: order !== undefined && purpose !== "new" ? order.payment_days : (partnership?.payment_days ?? null),
    lines: looking
      ? written.map((line) => {
          const sent = sentLine(line, units);
          return {
            item_number: sent.item_number,
            description: sent.description ?? "",
            unit: sent.unit ?? "C62",
            quantity: sent.quantity,
            unit_price: sent.unit_price ?? "0",
            net: netOf(line, places) ?? "0",
          };
        })
      : [],
    ...sums,
  };

  const earliest =
    partnership !== undefined && partnership.lead_time_days > 0
      ? daysAfter(order !== undefined && purpose !== "new" ? order.order_date : today(), partnership.lead_time_days)
      : null;
  const tooEarly = earliest !== null && values.delivery_date !== "" && values.delivery_date < earliest;
  const missing =
    partnership?.currency === currency && compare(sums.net, partnership.minimum_order) < 0
      ? unscaled(scaled(partnership.minimum_order) - scaled(sums.net))
      : null;
  const off = partnership?.enabled === false;

  const buttons = (
    <Stack gap="xs">
      <Refusal>{refusal}</Refusal>
      <Overtaken
        followed={{
          overtaken,
          takeTheirs: () => {
            forget();
            setRefusal(null);
            form.setInitialValues(props.initial);
            form.setValues(props.initial);
            setSequence(order?.sequence ?? 0);
          },
          keepMine: () => setSequence(order?.sequence ?? 0),
        }}
      />
      <Button size="md" onClick={() => checked(() => setLooking(true))} disabled={pending || off || overtaken}>
        {t(purpose === "revise" ? "write.previewRevision" : "write.preview")}
      </Button>
      {purpose !== "revise" && (
        <Button variant="default" disabled={overtaken} loading={pending && !looking} onClick={() => checked(() => void finish(false))}>
          {t("write.save")}
        </Button>
      )}
    </Stack>
  );

  return (
    <div>
      <Anchor component={Link} to={order === undefined ? "/orders" : `/orders/${order.id}`} size="sm">
        {t(order === undefined ? "write.toList" : "write.toOrder", { number: order?.number ?? "" })}
      </Anchor>
      <Title order={1} mt={4} mb="md">
        {props.title}
      </Title>
      <div className={classes.form}>
        <Stack gap="md" miw={0}>
          {purpose === "new" && (
            <Sheet>
              <Select
                label={t("write.supplier")}
                placeholder={t("write.chooseSupplier")}
                required
                searchable
                size="md"
                data-autofocus
                nothingFoundMessage={t("write.noSupplier")}
                data={(partnerships.data?.items ?? [])
                  .map((one) => ({ value: one.supplier.id, label: one.supplier.name }))
                  .sort((one, other) => one.label.localeCompare(other.label))}
                {...form.getInputProps("supplier_id")}
                value={values.supplier_id || null}
                onChange={(id: string | null) => form.setFieldValue("supplier_id", id ?? "")}
              />
              {off && (
                <Text mt="xs" c="var(--mantine-color-error)">
                  {t("write.off", { name: supplier })}
                </Text>
              )}
            </Sheet>
          )}
          {values.supplier_id && (
            <>
              <ProductSearch supplierId={values.supplier_id} supplier={supplier} onChoose={add} />
              <LineEditor
                caption={t("lines")}
                columns={[
                  { id: "item_number", title: t("write.item"), width: 112 },
                  { id: "quantity", title: t("write.quantity"), numeric: true, width: 84 },
                  { id: "description", title: t("write.description") },
                  { id: "unit", title: t("write.unit"), width: 62, choices: UNITS.map((code) => ({ value: units.word(code), label: code })) },
                  { id: "unit_price", title: t("line.price"), numeric: true, width: 88 },
                  { id: "tax_rate", title: t("write.tax"), numeric: true, width: 62 },
                ]}
                lines={values.lines}
                onChange={setLines}
                faults={(line, column) => form.errors[`lines.${String(line)}.${column}`]}
                afterTitle={t("line.net", { currency })}
                after={(line) => {
                  const net = netOf(line, places);
                  return net === null ? "–" : <Money amount={net} places={places} />;
                }}
              />
            </>
          )}
          <Sheet>
            <Stack gap="md">
              {purpose !== "revise" && (
                <>
                  <SimpleGrid cols={{ base: 1, sm: 2 }}>
                    <TextInput
                      type="date"
                      size="md"
                      label={t("write.date")}
                      min={today()}
                      inputWrapperOrder={HINT_BELOW}
                      {...form.getInputProps("delivery_date")}
                      description={
                        earliest === null ? undefined : (
                          <>
                            {t("write.earliest", { name: supplier, count: partnership?.lead_time_days ?? 0, day: day(earliest) })}{" "}
                            {values.delivery_date !== earliest && (
                              <Anchor
                                component="button"
                                type="button"
                                size="xs"
                                onClick={() => form.setFieldValue("delivery_date", earliest)}
                              >
                                {t("write.take")}
                              </Anchor>
                            )}
                          </>
                        )
                      }
                    />
                    {purpose === "new" && (
                      <TextInput
                        size="md"
                        label={t("write.number")}
                        description={t("write.numberHint")}
                        inputWrapperOrder={HINT_BELOW}
                        maxLength={35}
                        {...form.getInputProps("number")}
                      />
                    )}
                  </SimpleGrid>
                  <Textarea
                    size="md"
                    label={t("write.address")}
                    autosize
                    minRows={2}
                    maxLength={4000}
                    {...form.getInputProps("delivery_address")}
                  />
                </>
              )}
              <Textarea
                size="md"
                label={t("write.note")}
                description={t("write.noteHint", { name: supplier || t("write.theSupplier") })}
                autosize
                minRows={2}
                maxLength={4000}
                {...form.getInputProps("note")}
              />
            </Stack>
          </Sheet>
        </Stack>
        <aside className={classes.aside} aria-label={t("write.sum")}>
          <Sheet>
            <Stack gap="md">
              <dl className={classes.sums}>
                <dt>{t("write.lines")}</dt>
                <dd>{written.length}</dd>
                <dt>{t("totals.net")}</dt>
                <dd>
                  <Money amount={sums.net} places={places} />
                </dd>
                <dt>{t("totals.tax")}</dt>
                <dd>
                  <Money amount={sums.tax} places={places} />
                </dd>
                <dt data-total>{t("write.total")}</dt>
                <dd data-total>
                  <Money amount={sums.gross} places={places} {...(currency ? { currency } : {})} />
                </dd>
              </dl>
              {(missing !== null && written.length > 0) || tooEarly ? (
                <div role="status">
                  {missing !== null && written.length > 0 && (
                    <Hint>
                      {t("write.belowMinimum", {
                        missing: `${money(missing, places)} ${currency}`,
                        minimum: `${money(partnership?.minimum_order ?? "0", places)} ${currency}`,
                        name: supplier,
                      })}
                    </Hint>
                  )}
                  {tooEarly && <Hint>{t("write.tooEarly", { name: supplier, day: day(earliest) })}</Hint>}
                </div>
              ) : null}
              {buttons}
            </Stack>
          </Sheet>
        </aside>
      </div>
      {looking && (
        <StepDialog
          title={t(purpose === "revise" ? "write.revisionTitle" : "send.title", { name: supplier })}
          word={t(purpose === "revise" ? "write.revise" : "send.word")}
          wide
          pending={pending}
          refusal={null}
          onClose={() => setLooking(false)}
          onSubmit={() => void finish(true)}
        >
          {purpose === "revise" && order !== undefined ? (
            <Revision order={order} letter={letter} />
          ) : (
            <Text>{t("send.text", { name: supplier })}</Text>
          )}
          <Letter written={letter} />
        </StepDialog>
      )}
    </div>
  );
}

function Hint({ children }: { children: ReactNode }): ReactNode {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" style={{ flex: "none", marginTop: 1 }} />
      <Text size="sm">{children}</Text>
    </Group>
  );
}

/** What a revision changes, before it is sent; an answer the supplier has given counts no longer. */
function Revision({ order, letter }: { order: Order; letter: Written }): ReactNode {
  const { t } = useTranslation("orders");
  const after: Order = {
    ...order,
    note: letter.note,
    gross: letter.gross,
    lines: letter.lines.map((line, at) => {
      const before = order.lines.find((one) => one.item_number === line.item_number);
      return {
        ...(before ?? {
          tax_rate: "0",
          delivery_date: null,
          shipped_quantity: "0",
          received_quantity: "0",
          rejected_quantity: "0",
        }),
        ...line,
        number: at + 1,
        confirmed_quantity: before?.confirmed_quantity ?? null,
        confirmation_note: before?.confirmation_note ?? null,
        pending_quantity: line.quantity,
      };
    }),
  };
  const changed = differences(order, after);
  return (
    <>
      <Text>{t(order.status === "confirmed" ? "write.reviseConfirmed" : "write.reviseText", { name: order.supplier.name })}</Text>
      {changed.length === 0 ? <Text fw={600}>{t("write.nothingChanged")}</Text> : <Changed order={after} changed={changed} />}
    </>
  );
}

/** Finds products in the supplier's price list and puts them into a line. */
function ProductSearch(props: { supplierId: string; supplier: string; onChoose: (product: Product) => void }): ReactNode {
  const { t } = useTranslation("orders");
  const { money } = useFormats();
  const units = useUnits();
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  const found = useQuery({ ...productsQuery(props.supplierId, search), placeholderData: keepPreviousData });
  const products = found.data?.items ?? [];
  return (
    <Select
      size="md"
      aria-label={t("write.search", { name: props.supplier })}
      placeholder={t("write.search", { name: props.supplier })}
      leftSection={<IconSearch size={16} stroke={1.6} />}
      searchable
      value={null}
      searchValue={text}
      onSearchChange={setText}
      // The API has searched; what it found is what fits.
      filter={({ options }) => options}
      nothingFoundMessage={found.isFetching ? t("write.searching") : t("write.nothingFound")}
      data={products.map((product) => ({ value: product.id, label: product.name }))}
      renderOption={({ option }) => {
        const product = products.find((one) => one.id === option.value);
        return (
          <Group justify="space-between" wrap="nowrap" w="100%">
            <span>
              {option.label} <span className={classes.quiet}>{product?.number}</span>
            </span>
            <span className="num">
              {product && `${money(product.unit_price)} ${product.currency} / ${units.word(product.unit)}`}
            </span>
          </Group>
        );
      }}
      onChange={(id) => {
        const product = products.find((one) => one.id === id);
        if (product) props.onChoose(product);
        setText("");
      }}
    />
  );
}

/** Products by their numbers, in small letters: a few are searched for, many are found by reading the list. */
function useLookUp(supplierId: string): (numbers: readonly string[]) => Promise<Map<string, Product>> {
  const queries = useQueryClient();
  return async (numbers) => {
    const wanted = new Set(numbers.map((number) => number.toLowerCase()));
    const found = new Map<string, Product>();
    const keep = (products: readonly Product[]): void => {
      for (const product of products) if (wanted.has(product.number.toLowerCase())) found.set(product.number.toLowerCase(), product);
    };
    if (wanted.size <= 5) {
      const pages = await Promise.all([...wanted].map((number) => queries.query(productsQuery(supplierId, number))));
      pages.forEach((page) => keep(page.items));
      return found;
    }
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES && found.size < wanted.size; page++) {
      const answer = await queries.query({
        queryKey: ["products", supplierId, "list", after ?? ""],
        queryFn: () =>
          must(
            api.GET("/products", {
              params: { query: { supplier_id: supplierId, active: true, limit: 200, ...(after ? { after } : {}) } },
            }),
          ),
        staleTime: 60_000,
      });
      keep(answer.items);
      if (answer.next === null) break;
      after = answer.next;
    }
    return found;
  };
}
