/** What is done with a tax invoice, each asked for what it needs. */
import { Text, TextInput, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange, type KeyHeader } from "@/api/change";
import { api, must } from "@/api/client";
import type { DateRequest, TaxInvoice } from "@/taxes/queries";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";
import { StepDialog } from "@/ui/StepDialog";

const AFTER = [["tax-invoices"], ["invoices"]];

/** A form in a dialog that sends one change and closes. */
function useStepForm<V extends Record<string, string>>(
  initialValues: V,
  needed: readonly (keyof V & string)[],
  send: (values: V, header: KeyHeader) => Promise<unknown>,
  onClose: () => void,
) {
  const { t } = useTranslation("taxes");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm<Record<string, string>>({
    initialValues,
    validate: Object.fromEntries(needed.map((name) => [name, (text: string) => (text.trim() ? null : t("needed"))])),
  });
  useLeaveWarning(form.isDirty());
  const change = useChange({ send: (values: V, header) => send(values, header), invalidates: () => AFTER, onDone: onClose });
  return {
    form,
    dialog: {
      dirty: form.isDirty(),
      pending: change.isPending,
      refusal,
      onClose,
      onSubmit: form.onSubmit((values) => {
        setRefusal(null);
        change.mutate(values as V, { onError: (error) => setRefusal(showFaults(form, error, say)) });
      }),
    },
  };
}

export function IssueTaxInvoice({ invoiceId, onClose }: { invoiceId: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const { form, dialog } = useStepForm(
    { number: "", day: "" },
    ["number"],
    (values, header) =>
      must(
        api.POST("/invoices/{invoice_id}/tax-invoices", {
          params: { path: { invoice_id: invoiceId }, header },
          body: { number: values.number.trim(), day: values.day || null },
        }),
      ),
    onClose,
  );
  return (
    <StepDialog title={t("issue.title")} word={t("issue.word")} {...dialog}>
      <Text>{t("issue.text")}</Text>
      <TextInput label={t("columns.number")} required maxLength={35} data-autofocus {...form.getInputProps("number")} />
      <TextInput type="date" label={t("columns.date")} description={t("issue.today")} {...form.getInputProps("day")} />
    </StepDialog>
  );
}

export function Register({ tax, onClose }: { tax: TaxInvoice; onClose: () => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const { form, dialog } = useStepForm(
    { registration: "", registered_on: "" },
    ["registration", "registered_on"],
    (body, header) =>
      must(api.POST("/tax-invoices/{tax_invoice_id}/register", { params: { path: { tax_invoice_id: tax.id }, header }, body })),
    onClose,
  );
  return (
    <StepDialog title={t("register.title")} word={t("register.word")} {...dialog}>
      <Text>{t("register.text")}</Text>
      <TextInput label={t("registration")} required data-autofocus {...form.getInputProps("registration")} />
      <TextInput type="date" label={t("registeredOn")} required {...form.getInputProps("registered_on")} />
    </StepDialog>
  );
}

export function AskForDate({ tax, onClose }: { tax: TaxInvoice; onClose: () => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const { day } = useFormats();
  const { form, dialog } = useStepForm(
    { delivery_note_number: "", delivery_note_date: "", wanted_date: "", reason: "" },
    ["delivery_note_number", "delivery_note_date", "wanted_date", "reason"],
    (body, header) =>
      must(api.POST("/tax-invoices/{tax_invoice_id}/date-requests", { params: { path: { tax_invoice_id: tax.id }, header }, body })),
    onClose,
  );
  return (
    <StepDialog title={t("ask.title")} word={t("ask.word")} {...dialog}>
      <Text>{t("ask.text", { initiator: tax.initiator.name })}</Text>
      <Text size="sm" c="dimmed">
        {t("ask.tax", { number: tax.number, day: day(tax.day) })}
      </Text>
      <TextInput label={t("ask.note")} required maxLength={35} data-autofocus {...form.getInputProps("delivery_note_number")} />
      <TextInput type="date" label={t("ask.noteDate")} required {...form.getInputProps("delivery_note_date")} />
      <TextInput type="date" label={t("ask.wanted")} required {...form.getInputProps("wanted_date")} />
      <Textarea label={t("requests.reason")} required autosize minRows={2} maxLength={1000} {...form.getInputProps("reason")} />
    </StepDialog>
  );
}

export function GrantDate({ tax, asked, onClose }: { tax: TaxInvoice; asked: DateRequest; onClose: () => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const { form, dialog } = useStepForm(
    { delivery_date: asked.wanted_date, answer: "" },
    ["delivery_date"],
    (body, header) =>
      must(
        api.POST("/tax-invoices/{tax_invoice_id}/date-requests/{request_id}/grant", {
          params: { path: { tax_invoice_id: tax.id, request_id: asked.id }, header },
          body,
        }),
      ),
    onClose,
  );
  return (
    <StepDialog title={t("grant.title")} word={t("grant.word")} {...dialog}>
      <Text>{t("grant.text", { number: tax.invoice_number })}</Text>
      <TextInput type="date" label={t("ask.wanted")} required data-autofocus {...form.getInputProps("delivery_date")} />
      <Textarea label={t("grant.answer")} autosize minRows={2} maxLength={1000} {...form.getInputProps("answer")} />
    </StepDialog>
  );
}

export function RefuseDate({ tax, asked, onClose }: { tax: TaxInvoice; asked: DateRequest; onClose: () => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const { form, dialog } = useStepForm(
    { answer: "" },
    ["answer"],
    (body, header) =>
      must(
        api.POST("/tax-invoices/{tax_invoice_id}/date-requests/{request_id}/refuse", {
          params: { path: { tax_invoice_id: tax.id, request_id: asked.id }, header },
          body,
        }),
      ),
    onClose,
  );
  return (
    <StepDialog title={t("refuse.title")} word={t("refuse.word")} {...dialog}>
      <Text>{t("refuse.text", { supplier: tax.supplier.name })}</Text>
      <Textarea label={t("requests.reason")} required autosize minRows={2} maxLength={1000} data-autofocus {...form.getInputProps("answer")} />
    </StepDialog>
  );
}
