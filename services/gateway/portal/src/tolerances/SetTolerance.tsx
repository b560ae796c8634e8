import { Button, Checkbox, Group, Modal, NativeSelect, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useCurrencies } from "@/organisation/places";
import { MEASURES, OF_LINES, QUANTITIES } from "@/tolerances/queries";
import { typed } from "@/ui/decimal";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

const COMBINATIONS = ["lower", "higher", "and", "or"] as const;

/** Sets a tolerance: for one supplier where it is named, otherwise for all of them (S-046). */
export function SetTolerance(props: {
  supplier: { id: string; name: string; currency: string } | null;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation("tolerances");
  const say = useSay();
  const currencies = useCurrencies();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { supplier } = props;
  const scopes = supplier === null ? (["customer", "category"] as const) : (["supplier", "category", "item"] as const);
  const widest: string = scopes[0];
  const form = useForm({
    initialValues: {
      terms: {
        scope: widest,
        category: "",
        item_number: "",
        measure: "total-net",
        direction: "over",
        percent: "",
        amount: "",
        combine: "lower",
        currency: supplier?.currency ?? "EUR",
      },
      unchecked: false,
      valid_from: "",
      valid_to: "",
    },
    validate: ({ terms, unchecked }) => {
      const faults: Record<string, string> = {};
      if (unchecked) return faults;
      for (const field of ["percent", "amount"] as const)
        if (terms[field].trim() && typed(terms[field]) === null) faults[`terms.${field}`] = t("form.noNumber");
      if (!terms.percent.trim() && !terms.amount.trim()) faults["terms.percent"] = t("form.noLimit");
      return faults;
    },
  });
  const { terms, unchecked } = form.values;
  const narrow = terms.scope === "category" || terms.scope === "item";
  const measures = MEASURES.filter((measure) => !narrow || OF_LINES.includes(measure));
  const counted = QUANTITIES.includes(terms.measure);
  const set = useChange({
    send: (body: Schemas["SetTolerance"], header) => must(api.POST("/tolerances", { params: { header }, body })),
    invalidates: () => [["tolerances"], ["matching"]],
    onDone: () => {
      notifications.show({ message: t("form.done") });
      props.onClose();
    },
  });
  const choose = (field: string): object => ({ size: "md", ...form.getInputProps(field) });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={supplier === null ? t("form.titleAll") : t("form.title", { name: supplier.name })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("form.back") }}
    >
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          const said = values.terms;
          const amount = values.unchecked ? null : typed(said.amount);
          set.mutate(
            {
              supplier_id: supplier?.id ?? null,
              terms: {
                scope: said.scope as Schemas["ToleranceScope"],
                category: said.scope === "category" ? said.category.trim() || null : null,
                item_number: said.scope === "item" ? said.item_number.trim() || null : null,
                measure: said.measure as Schemas["Measure"],
                direction: said.direction as Schemas["Direction"],
                percent: values.unchecked ? null : typed(said.percent),
                amount,
                combine: said.combine as Schemas["Combination"],
                currency: amount === null || counted ? null : said.currency,
              },
              valid_from: values.valid_from || null,
              valid_to: values.valid_to || null,
            },
            { onError: (error) => setRefusal(showFaults(form, error, say)) },
          );
        })}
      >
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NativeSelect
              label={t("form.scope")}
              data={scopes.map((value) => ({ value, label: t(`scopes.${value}`) }))}
              {...choose("terms.scope")}
              onChange={(event) => {
                const scope = event.currentTarget.value;
                form.setFieldValue("terms.scope", scope);
                // A total has no one item or category.
                if (scope !== "supplier" && scope !== "customer" && !OF_LINES.includes(terms.measure))
                  form.setFieldValue("terms.measure", "line-price");
              }}
            />
            {terms.scope === "category" && <TextInput label={t("form.category")} {...choose("terms.category")} />}
            {terms.scope === "item" && <TextInput label={t("form.item")} {...choose("terms.item_number")} />}
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NativeSelect
              label={t("form.measure")}
              data={measures.map((value) => ({ value, label: t(`measures.${value}`) }))}
              {...choose("terms.measure")}
            />
            <NativeSelect
              label={t("form.direction")}
              data={(["over", "under", "both"] as const).map((value) => ({ value, label: t(`directions.${value}`) }))}
              {...choose("terms.direction")}
            />
          </SimpleGrid>
          <Checkbox
            label={t("form.unchecked")}
            description={t("form.uncheckedHint")}
            {...form.getInputProps("unchecked", { type: "checkbox" })}
          />
          {!unchecked && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput
                label={t("form.percent")}
                inputMode="decimal"
                rightSection={<span aria-hidden="true">%</span>}
                {...choose("terms.percent")}
              />
              <TextInput label={t(counted ? "form.quantity" : "form.amount")} inputMode="decimal" {...choose("terms.amount")} />
              {terms.percent.trim() && terms.amount.trim() && (
                <NativeSelect
                  label={t("form.combine")}
                  data={COMBINATIONS.map((value) => ({ value, label: t(`combinations.${value}`) }))}
                  {...choose("terms.combine")}
                />
              )}
              {terms.amount.trim() && !counted && (
                <NativeSelect label={t("form.currency")} data={currencies} {...choose("terms.currency")} />
              )}
            </SimpleGrid>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput type="date" label={t("form.from")} description={t("form.fromHint")} {...choose("valid_from")} />
            <TextInput type="date" label={t("form.to")} description={t("form.toHint")} {...choose("valid_to")} />
          </SimpleGrid>
          <Refusal>{refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("form.back")}
            </Button>
            <Button type="submit" loading={set.isPending}>
              {t("set")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
