/** Charges and allowances of an invoice that is written, by line and of the whole, and why no tax is due. */
import { ActionIcon, Button, NativeSelect, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/invoices/Adjustments.module.css";
import { BLANK, CATEGORIES, CODES, type Adjusting, type Category } from "@/invoices/adjusting";
import type { Line } from "@/invoices/content";
import { useFormats } from "@/ui/numbers";

/** "AE, reverse charge". */
export function useCategory(): (category: string) => string {
  const { t } = useTranslation("invoices");
  return (category) => t(`tax.categories.${category}`, { defaultValue: category });
}

/** Why something is added or taken off: in the supplier's words, or what its code means. */
export function useReason(): (told: { kind: string; code: string | null; reason: string | null }) => string {
  const { t } = useTranslation("invoices");
  return ({ kind, code, reason }) => reason ?? t(`adjust.codes.${kind}.${code}`, { defaultValue: code ?? "" });
}

export function AdjustmentsEditor(props: {
  rows: readonly Adjusting[];
  lines: readonly Line[];
  rates: readonly string[];
  currency: string;
  onChange: (rows: Adjusting[]) => void;
  /** What is wrong with a field of the row at this place. */
  fault: (at: number, ...fields: string[]) => ReactNode;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const { quantity } = useFormats();
  const category = useCategory();
  const { rows, onChange } = props;
  const set = (at: number, change: Partial<Adjusting>): void =>
    onChange(rows.map((row, place) => (place === at ? ({ ...row, ...change } as Adjusting) : row)));
  const taxes = [
    { value: "", label: t("adjust.asLines") },
    ...props.rates.map((rate) => ({ value: `S ${rate}`, label: `${quantity(rate)} %` })),
    ...CATEGORIES.map((one) => ({ value: `${one} 0`, label: category(one) })),
  ];
  return (
    <section className={classes.sheet} aria-label={t("adjust.title")}>
      <h2>{t("adjust.title")}</h2>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("adjust.none")}
        </Text>
      )}
      <ol className={classes.rows}>
        {rows.map((row, at) => {
          const number = at + 1;
          const known = CODES[row.kind].some((code) => code === row.code);
          return (
            // They have no identity of their own but their place.
            <li key={at} className={classes.row}>
              <NativeSelect
                label={t("adjust.kind")}
                value={row.kind}
                data={(["charge", "allowance"] as const).map((kind) => ({ value: kind, label: t(`adjust.${kind}`) }))}
                onChange={(event) => {
                  const kind = event.currentTarget.value as Adjusting["kind"];
                  set(at, { kind, code: known ? CODES[kind][0] : row.code });
                }}
              />
              <NativeSelect
                label={t("adjust.of")}
                value={row.of}
                data={[
                  { value: "", label: t("adjust.whole") },
                  ...props.lines.map((line, place) => ({ value: String(place), label: t("adjust.line", { number: place + 1, description: line.description ?? "" }) })),
                ]}
                onChange={(event) => set(at, { of: event.currentTarget.value })}
              />
              <NativeSelect
                label={t("adjust.why")}
                value={row.code}
                data={[
                  ...CODES[row.kind].map((code) => ({ value: code, label: t(`adjust.codes.${row.kind}.${code}`) })),
                  ...(row.code && !known ? [{ value: row.code, label: row.code }] : []),
                  { value: "", label: t("adjust.other") },
                ]}
                error={props.fault(at, "code")}
                onChange={(event) => set(at, { code: event.currentTarget.value })}
              />
              <TextInput
                label={t("adjust.reason")}
                maxLength={200}
                value={row.reason}
                error={props.fault(at, "reason")}
                onChange={(event) => set(at, { reason: event.currentTarget.value })}
              />
              <div className={classes.value}>
                <TextInput
                  label={t("adjust.value")}
                  inputMode="decimal"
                  value={row.value}
                  error={props.fault(at, "amount", "percent", "base")}
                  onChange={(event) => set(at, { value: event.currentTarget.value })}
                  styles={{ input: { textAlign: "right" } }}
                />
                <NativeSelect
                  aria-label={t("adjust.unit", { number })}
                  value={row.unit}
                  data={[
                    { value: "amount", label: props.currency },
                    { value: "percent", label: "%" },
                  ]}
                  onChange={(event) => set(at, { unit: event.currentTarget.value as Adjusting["unit"] })}
                />
              </div>
              {row.of === "" ? (
                <NativeSelect
                  label={t("adjust.tax")}
                  value={row.tax}
                  data={taxes.some((one) => one.value === row.tax) ? taxes : [...taxes, { value: row.tax, label: row.tax }]}
                  error={props.fault(at, "tax_category", "tax_rate")}
                  onChange={(event) => set(at, { tax: event.currentTarget.value })}
                />
              ) : (
                <span />
              )}
              <ActionIcon
                variant="subtle"
                color="gray"
                className={classes.remove}
                aria-label={t("adjust.remove", { number })}
                onClick={() => onChange(rows.filter((_, other) => other !== at))}
              >
                <IconTrash size={16} stroke={1.6} />
              </ActionIcon>
            </li>
          );
        })}
      </ol>
      <Button variant="subtle" leftSection={<IconPlus size={16} />} onClick={() => onChange([...rows, { ...BLANK }])}>
        {t("adjust.add")}
      </Button>
    </section>
  );
}

/** Of every category on the invoice that is not taxed, why. */
export function ExemptionsEditor(props: {
  used: readonly Category[];
  exemptions: Readonly<Record<string, string>>;
  onChange: (exemptions: Record<string, string>) => void;
  fault: (category: Category, field: string) => ReactNode;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const category = useCategory();
  if (props.used.length === 0) return null;
  return (
    <section className={classes.sheet} aria-label={t("tax.why")}>
      <h2>{t("tax.why")}</h2>
      <ol className={classes.rows}>
        {props.used.map((one) => (
          <li key={one} className={classes.exemption}>
            <TextInput
              label={category(one)}
              description={t(one === "E" ? "tax.needed" : "tax.standing")}
              maxLength={1000}
              value={props.exemptions[`${one}.reason`] ?? ""}
              error={props.fault(one, "reason")}
              onChange={(event) => props.onChange({ ...props.exemptions, [`${one}.reason`]: event.currentTarget.value })}
            />
            <TextInput
              label={t("tax.code")}
              description={t("tax.codeHint")}
              maxLength={35}
              value={props.exemptions[`${one}.code`] ?? ""}
              error={props.fault(one, "code")}
              onChange={(event) => props.onChange({ ...props.exemptions, [`${one}.code`]: event.currentTarget.value })}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
