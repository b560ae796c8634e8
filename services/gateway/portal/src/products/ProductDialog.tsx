import { Select, SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import type { Product } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { faultOf, plain } from "@/orders/typing";
import { UNITS, useUnits } from "@/orders/units";
import { typed } from "@/ui/decimal";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import "@mantine/core/styles/Switch.css";

/** A product is added, or changed: its number decides which one is meant. */
export function ProductDialog(props: { product: Product | null; currency: string; onClose: () => void }): ReactNode {
  const { product } = props;
  const { t } = useTranslation("products");
  const { t: orders } = useTranslation("orders");
  const say = useSay();
  const units = useUnits();
  const [refusal, setRefusal] = useState<string | null>(null);
  const number = (text: string, limits: { least?: string; most?: string }): string | null => {
    const fault = faultOf(text, limits);
    return fault === null ? null : orders(`faults.${fault}`, { most: limits.most });
  };
  const form = useForm({
    initialValues: {
      number: product?.number ?? "",
      name: product?.name ?? "",
      unit: product?.unit ?? "C62",
      unit_price: product === null ? "" : plain(product.unit_price),
      currency: product?.currency ?? props.currency,
      tax_rate: product === null ? "" : plain(product.tax_rate),
      active: product?.active ?? true,
    },
    validate: {
      number: (text) => (text.trim() ? null : t("faults.number")),
      name: (text) => (text.trim() ? null : t("faults.name")),
      unit_price: (text) => number(text, { least: "0" }),
      currency: (text) => (/^[A-Za-z]{3}$/.test(text.trim()) ? null : t("faults.currency")),
      tax_rate: (text) => number(text, { least: "0", most: "100" }),
    },
  });
  const forget = useKeptDraft(`product.${product?.id ?? "new"}`, form);
  useLeaveWarning(form.isDirty());
  const close = (): void => {
    forget();
    props.onClose();
  };
  const save = useChange({
    send: (body: Schemas["SaveProduct"], header) => must(api.POST("/products", { params: { header }, body })),
    invalidates: () => [["products"]],
    onDone: close,
  });
  const known = UNITS.some((code) => code === form.values.unit);
  return (
    <StepDialog
      title={product === null ? t("add") : t("change", { number: product.number })}
      word={t(product === null ? "addIt" : "save")}
      dirty={form.isDirty()}
      pending={save.isPending}
      refusal={refusal}
      onClose={close}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        save.mutate(
          {
            number: values.number.trim(),
            name: values.name.trim(),
            unit: values.unit,
            unit_price: typed(values.unit_price) ?? "",
            currency: values.currency.trim().toUpperCase(),
            tax_rate: typed(values.tax_rate) ?? "",
            active: values.active,
          },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <TextInput
        label={t("columns.number")}
        maxLength={50}
        required
        readOnly={product !== null}
        description={product === null ? undefined : t("numberStays")}
        data-autofocus={product === null ? true : undefined}
        {...form.getInputProps("number")}
      />
      <TextInput label={t("columns.name")} maxLength={200} required {...form.getInputProps("name")} />
      <SimpleGrid cols={2}>
        <TextInput
          label={t("columns.price")}
          inputMode="decimal"
          required
          data-autofocus={product === null ? undefined : true}
          {...form.getInputProps("unit_price")}
        />
        <TextInput label={t("columns.currency")} maxLength={3} required {...form.getInputProps("currency")} />
        <Select
          label={t("columns.unit")}
          allowDeselect={false}
          data={[...UNITS, ...(known ? [] : [form.values.unit])].map((code) => ({ value: code, label: `${units.word(code)} (${code})` }))}
          {...form.getInputProps("unit")}
        />
        <TextInput label={t("columns.tax")} inputMode="decimal" required {...form.getInputProps("tax_rate")} />
      </SimpleGrid>
      <Switch label={t("active")} {...form.getInputProps("active", { type: "checkbox" })} />
      <Text size="sm" c="dimmed">
        {t("onlyLater")}
      </Text>
    </StepDialog>
  );
}
