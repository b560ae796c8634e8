/** How long an invoice waits and with whom; what its supplier can do about it (S-063 … S-065). */
import { Anchor, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import type { Invoice } from "@/invoices/queries";
import { useStep } from "@/invoices/Steps";
import { waitQuery, type InvoiceWait } from "@/waiting/queries";
import { useWorked } from "@/waiting/worked";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { Moment, useFormats } from "@/ui/numbers";

/** How long, beside the title. */
export function HowLong({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("waiting");
  const worked = useWorked();
  const wait = useQuery(waitQuery(invoice.id)).data;
  if (invoice.waiting_since === null) return null;
  return (
    <>
      {wait?.waited != null && (
        <>
          <strong>{t("waits", { time: worked(wait.waited) })}</strong>
          {wait.late && ` · ${t("late")}`}
          <br />
        </>
      )}
      {t("since")} <Moment at={invoice.waiting_since} />
    </>
  );
}

/** Sentences about what was done and what comes next. */
export function useCourse(): (wait: InvoiceWait | undefined, invoice: Invoice) => string[] {
  const { t } = useTranslation("waiting");
  const { moment } = useFormats();
  const me = useMe();
  return (wait, invoice) => {
    if (wait === undefined || wait.deciders.length === 0) return [];
    const told: string[] = [];
    if (invoice.deputy !== null) told.push(t("standsIn", { deputy: invoice.deputy.name, initiator: invoice.initiator.name }));
    if (wait.answer_by !== null) told.push(t(wait.late ? "promiseOver" : "promise", { at: moment(wait.answer_by) }));
    if (wait.reminded_at !== null) told.push(t("reminded", { count: wait.reminders, at: moment(wait.reminded_at) }));
    if (wait.nudged_at !== null)
      told.push(t(me.kind === "supplier" ? "youAsked" : "asked", { supplier: invoice.supplier.name, at: moment(wait.nudged_at) }));
    if (wait.escalated_at !== null) told.push(t("escalated", { at: moment(wait.escalated_at) }));
    else if (wait.escalates_at !== null) told.push(t("escalates", { at: moment(wait.escalates_at) }));
    return told;
  };
}

/** Whom to call or write to (S-064). */
export function Reach({ wait }: { wait: InvoiceWait | undefined }): ReactNode {
  const { t } = useTranslation("waiting");
  const known = wait?.deciders.filter((one) => one.email !== null || one.phone !== null) ?? [];
  if (known.length === 0) return null;
  return (
    <Text size="sm">
      {known.map((one) => (
        <span key={one.person.id} style={{ display: "block", overflowWrap: "anywhere" }}>
          {one.stands_in ? t("deputy", { name: one.person.name }) : one.person.name}
          {one.email !== null && (
            <>
              {" · "}
              <Anchor href={`mailto:${one.email}`}>{one.email}</Anchor>
            </>
          )}
          {one.phone !== null && (
            <>
              {" · "}
              <Anchor href={`tel:${one.phone.replaceAll(/[^+0-9]/g, "")}`}>{one.phone}</Anchor>
            </>
          )}
        </span>
      ))}
    </Text>
  );
}

/** What the supplier of a held invoice can do: ask, and after that put the operator into copy. */
export function Urge({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("waiting");
  const me = useMe();
  const { moment } = useFormats();
  const wait = useQuery(waitQuery(invoice.id)).data;
  if (wait === undefined || wait.nudge_from === null || !me.can("supplier-user", "supplier-admin")) return null;
  const may = new Date(wait.nudge_from) <= new Date();
  return (
    <>
      {may ? <UrgeStep invoice={invoice} step="nudge" filled={!wait.may_escalate} /> : null}
      {wait.may_escalate && <UrgeStep invoice={invoice} step="escalate" filled />}
      {!may && (
        <Text size="sm" c="dimmed">
          {t("askFrom", { at: moment(wait.nudge_from) })}
        </Text>
      )}
    </>
  );
}

function UrgeStep({ invoice, step, filled }: { invoice: Invoice; step: "nudge" | "escalate"; filled: boolean }): ReactNode {
  const { t } = useTranslation("waiting");
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { note: "" } });
  const names = { name: [invoice.initiator.name, ...(invoice.deputy ? [invoice.deputy.name] : [])].join(", "), number: invoice.number };
  const urge = useStep(
    invoice,
    (note: string, header) =>
      step === "nudge"
        ? must(api.POST("/invoices/{invoice_id}/nudge", { params: { path: { invoice_id: invoice.id }, header }, body: { note: note || null } }))
        : must(api.POST("/invoices/{invoice_id}/escalate", { params: { path: { invoice_id: invoice.id }, header }, body: { note } })),
    () => {
      setOpened(false);
      form.reset();
    },
  );
  return (
    <>
      <Button
        variant={filled ? "filled" : "default"}
        onClick={() => {
          setRefusal(null);
          setOpened(true);
        }}
      >
        {t(`${step}.button`)}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t(`${step}.title`, names)} closeButtonProps={{ "aria-label": t("back") }}>
        <form
          noValidate
          onSubmit={form.onSubmit(({ note }) => {
            setRefusal(null);
            if (step === "escalate" && !note.trim()) form.setFieldError("note", t("escalate.needed"));
            else urge.mutate(note.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) });
          })}
        >
          <Stack gap="md">
            <Text>{t(`${step}.text`, names)}</Text>
            <Textarea label={t(`${step}.label`)} autosize minRows={3} maxLength={4000} data-autofocus size="md" {...form.getInputProps("note")} />
            <Refusal>{refusal}</Refusal>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setOpened(false)}>
                {t("back")}
              </Button>
              <Button type="submit" loading={urge.isPending}>
                {t(`${step}.confirm`)}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
