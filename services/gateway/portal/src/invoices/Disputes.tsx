/** Parts of an approved invoice that the customer disagrees with: they are not paid until that is settled. */
import { Button, NativeSelect, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import type { Invoice } from "@/invoices/queries";
import { useStep } from "@/invoices/Steps";
import { compare, scaled, typed } from "@/ui/decimal";
import { Sheet } from "@/ui/DocumentPage";
import { showFaults, useSay } from "@/ui/form";
import { Moment, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import { StepDialog } from "@/ui/StepDialog";
import classes from "@/invoices/VerdictPanel.module.css";

type Dispute = Schemas["Dispute"];

const REASONS = ["price", "quantity", "item", "quality", "delivery", "other"] as const satisfies readonly Schemas["DisputeReason"][];
const OUTCOMES = ["released", "upheld"] as const satisfies readonly Schemas["DisputeOutcome"][];

/** The order's initiator disputes, and who registers payments. */
function useMayDispute(invoice: Invoice): boolean {
  const me = useMe();
  return me.kind === "customer" && (me.session.user.id === invoice.initiator.id || me.can("buyer-accounting", "buyer-admin"));
}

export function Disputes({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const may = useMayDispute(invoice);
  if (invoice.disputes.length === 0) return null;
  const spoken = (amount: string): string => `${money(amount, invoice.amount_places)} ${invoice.currency}`;
  return (
    <Sheet title={t("dispute.title")}>
      <ul className={classes.disputes}>
        {invoice.disputes.map((one) => (
          <li key={one.id}>
            <div>
              <Text fw={600}>
                {t("dispute.what", { held: spoken(one.held), line: one.line, reason: t(`dispute.reasons.${one.reason}`) })}
              </Text>
              <Text className={classes.words}>{one.note}</Text>
              <Text size="xs" c="dimmed">
                {one.raised_by.name} · <Moment at={one.raised_at} />
              </Text>
              {one.settled_by !== null && one.settled_at !== null && (
                <>
                  {one.settlement && <Text className={classes.words}>{one.settlement}</Text>}
                  <Text size="xs" c="dimmed">
                    {one.settled_by.name} · <Moment at={one.settled_at} />
                  </Text>
                </>
              )}
            </div>
            {one.outcome === null ? (
              may ? <Settle invoice={invoice} dispute={one} /> : <Badge meaning="waiting">{t("dispute.open")}</Badge>
            ) : (
              <Badge meaning={one.outcome === "released" ? "accepted" : "refused"}>{t(`dispute.outcomes.${one.outcome}`)}</Badge>
            )}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** Holds a part back: all that is open of a line unless less is typed. */
export function DisputeLine({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const say = useSay();
  const may = useMayDispute(invoice);
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { line: "1", reason: "price", amount: "", note: "" } });
  const dispute = useStep(
    invoice,
    (wish: Schemas["DisputeLine"], header) =>
      must(api.POST("/invoices/{invoice_id}/disputes", { params: { path: { invoice_id: invoice.id }, header }, body: wish })),
    () => {
      setOpened(false);
      form.reset();
    },
  );
  if (!may || scaled(invoice.payable) <= 0n) return null;
  const send = (values: typeof form.values): void => {
    setRefusal(null);
    const amount = typed(values.amount);
    if (values.amount.trim() && (amount === null || scaled(amount) <= 0n)) form.setFieldError("amount", t("pay.amountNeeded"));
    else if (amount !== null && compare(amount, invoice.lines.find((line) => String(line.number) === values.line)?.net ?? "0") > 0)
      form.setFieldError("amount", t("dispute.tooMuch"));
    else if (!values.note.trim()) form.setFieldError("note", t("steps.reasonNeeded"));
    else
      dispute.mutate(
        {
          line: Number(values.line),
          reason: values.reason as Schemas["DisputeReason"],
          note: values.note.trim(),
          ...(amount === null ? {} : { amount }),
        },
        { onError: (error) => setRefusal(showFaults(form, error, say)) },
      );
  };
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setRefusal(null);
          setOpened(true);
        }}
      >
        {t("dispute.button")}
      </Button>
      {opened && (
        <StepDialog
          title={t("dispute.begin", { number: invoice.number })}
          word={t("dispute.word")}
          dirty={form.isDirty()}
          pending={dispute.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(send)}
        >
          <Text>{t("dispute.text", { supplier: invoice.supplier.name })}</Text>
          <NativeSelect
            label={t("dispute.line")}
            size="md"
            data-autofocus
            data={invoice.lines.map((line) => ({ value: String(line.number), label: `${line.number} · ${line.description}` }))}
            {...form.getInputProps("line")}
          />
          <NativeSelect
            label={t("dispute.reason")}
            size="md"
            data={REASONS.map((reason) => ({ value: reason, label: t(`dispute.reasons.${reason}`) }))}
            {...form.getInputProps("reason")}
          />
          <TextInput
            label={t("dispute.amount", { currency: invoice.currency })}
            description={t("dispute.amountHint")}
            inputMode="decimal"
            size="md"
            {...form.getInputProps("amount")}
          />
          <Textarea label={t("dispute.note")} autosize minRows={3} maxLength={1000} size="md" {...form.getInputProps("note")} />
        </StepDialog>
      )}
    </>
  );
}

function Settle({ invoice, dispute }: { invoice: Invoice; dispute: Dispute }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { outcome: "released", note: "" } });
  const settle = useStep(
    invoice,
    (wish: Schemas["SettleDispute"], header) =>
      must(
        api.POST("/invoices/{invoice_id}/disputes/{dispute_id}/settle", {
          params: { path: { invoice_id: invoice.id, dispute_id: dispute.id }, header },
          body: wish,
        }),
      ),
    () => setOpened(false),
  );
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {t("dispute.settle")}
      </Button>
      {opened && (
        <StepDialog
          title={t("dispute.settleTitle")}
          word={t("dispute.settleWord")}
          dirty={form.isDirty()}
          pending={settle.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ outcome, note }) =>
            settle.mutate(
              { outcome: outcome as Schemas["DisputeOutcome"], note: note.trim() },
              { onError: (error) => setRefusal(showFaults(form, error, say)) },
            ),
          )}
        >
          <NativeSelect
            label={t("dispute.how")}
            description={t(`dispute.comes.${form.values.outcome}`, {
              held: `${money(dispute.held, invoice.amount_places)} ${invoice.currency}`,
              supplier: invoice.supplier.name,
            })}
            size="md"
            data-autofocus
            data={OUTCOMES.map((outcome) => ({ value: outcome, label: t(`dispute.ways.${outcome}`) }))}
            {...form.getInputProps("outcome")}
          />
          <Textarea label={t("dispute.settlement")} autosize minRows={2} maxLength={1000} size="md" {...form.getInputProps("note")} />
        </StepDialog>
      )}
    </>
  );
}
