/** What a person can do with an invoice: each step with its dialog, which says what comes of it. */
import { Button, NativeSelect, SimpleGrid, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useChange, type KeyHeader } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { Problem } from "@/api/problem";
import { ACTIONS, REASONS, type ActionCode, type ReasonCode } from "@/invoices/codes";
import { price } from "@/invoices/content";
import type { Invoice } from "@/invoices/queries";
import { Confirm } from "@/ui/Confirm";
import { compare, minus, scaled, typed } from "@/ui/decimal";
import { showFaults, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";
import { StepDialog } from "@/ui/StepDialog";

type Header = KeyHeader & { "If-Match": string };

/** Sends a step for the state of the invoice that is on the screen; whoever was faster is seen at once. */
export function useStep<V, R>(
  invoice: Invoice,
  send: (wish: V, header: Header) => Promise<R>,
  onDone: (answer: R) => void,
): ReturnType<typeof useChange<V, R>> {
  const queries = useQueryClient();
  return useChange<V, R>({
    send: async (wish, header) => {
      try {
        return await send(wish, { ...header, "If-Match": etag(invoice) });
      } catch (error) {
        if (error instanceof Problem && (error.status === 412 || error.status === 409))
          void queries.invalidateQueries({ queryKey: ["invoices", invoice.id] });
        throw error;
      }
    },
    invalidates: () => [["invoices"], ["orders", invoice.order_id, "invoiced"], ["balances"]],
    onDone,
  });
}

// --------------------------------------------------------------------------------- steps with a few words

type Wordy = "approve" | "reject" | "return" | "cancel";

interface Said {
  words: string;
  code: ReasonCode;
  action: ActionCode;
}

const SEND: Record<Wordy, (invoice: Invoice, said: Said, header: Header) => Promise<Invoice>> = {
  approve: (invoice, { words }, header) =>
    must(
      api.POST("/invoices/{invoice_id}/approve", {
        params: { path: { invoice_id: invoice.id }, header },
        body: { remark: words || null },
      }),
    ),
  reject: (invoice, { words, code, action }, header) =>
    must(
      api.POST("/invoices/{invoice_id}/reject", {
        params: { path: { invoice_id: invoice.id }, header },
        body: { reason: words, code, action },
      }),
    ),
  return: (invoice, { words, code, action }, header) =>
    must(
      api.POST("/invoices/{invoice_id}/return", {
        params: { path: { invoice_id: invoice.id }, header },
        body: { reason: words, code, action },
      }),
    ),
  cancel: (invoice, { words }, header) =>
    must(
      api.POST("/invoices/{invoice_id}/cancel", {
        params: { path: { invoice_id: invoice.id }, header },
        body: { reason: words },
      }),
    ),
};

/** A button and its dialog. Approving may be done without a word; everything else needs a reason. */
function WordyStep({ invoice, step }: { invoice: Invoice; step: Wordy }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { reason: "", code: "OTH", action: "NIN" } });
  const optional = step === "approve";
  const actions = step === "reject" || step === "return" ? ACTIONS[step] : null;
  const change = useStep(invoice, (said: Said, header) => SEND[step](invoice, said, header), () => setOpened(false));
  const numbers = {
    number: invoice.number,
    gross: money(invoice.gross, invoice.amount_places),
    currency: invoice.currency,
    supplier: invoice.supplier.name,
    customer: invoice.customer.name,
    order: invoice.order_number,
  };
  return (
    <>
      <Button
        variant={step === "approve" ? "filled" : "default"}
        onClick={() => {
          setRefusal(null);
          setOpened(true);
        }}
      >
        {t(`steps.${step}.button`)}
      </Button>
      {opened && (
        <StepDialog
          title={t(`steps.${step}.title`, numbers)}
          word={t(`steps.${step}.confirm`)}
          grave={step === "reject" || step === "cancel"}
          dirty={form.isDirty()}
          pending={change.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ reason, code, action }) => {
            setRefusal(null);
            if (!optional && !reason.trim()) form.setFieldError("reason", t("steps.reasonNeeded"));
            else
              change.mutate(
                { words: reason.trim(), code: code as ReasonCode, action: action as ActionCode },
                { onError: (error) => setRefusal(showFaults(form, error, say)) },
              );
          })}
        >
          <Text>{t(`steps.${step}.consequence`, numbers)}</Text>
          {actions !== null && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <NativeSelect
                label={t("peppol.reason")}
                size="md"
                data={REASONS.map((value) => ({ value, label: t(`peppol.reasons.${value}`) }))}
                {...form.getInputProps("code")}
              />
              <NativeSelect
                label={t("peppol.action", { supplier: invoice.supplier.name })}
                size="md"
                data={actions.map((value) => ({ value, label: t(`peppol.actions.${value}`) }))}
                {...form.getInputProps("action")}
              />
            </SimpleGrid>
          )}
          <Textarea
            label={t(`steps.${step}.label`)}
            autosize
            minRows={3}
            maxLength={1000}
            data-autofocus
            size="md"
            {...form.getInputProps("reason")}
          />
        </StepDialog>
      )}
    </>
  );
}

/** What the initiator can say to a held invoice (S-072). */
export function Decide({ invoice }: { invoice: Invoice }): ReactNode {
  return (
    <>
      <WordyStep invoice={invoice} step="approve" />
      <WordyStep invoice={invoice} step="return" />
      <WordyStep invoice={invoice} step="reject" />
    </>
  );
}

export function TakeBack({ invoice }: { invoice: Invoice }): ReactNode {
  return <WordyStep invoice={invoice} step="cancel" />;
}

// ------------------------------------------------------------------------------------------------ a draft

/** Sends the draft; what will come of it stands in the panel above, and once more in the dialog. */
export function SendDraft({
  invoice,
  foreseen,
  ready,
  quiet,
}: {
  invoice: Invoice;
  foreseen: string;
  ready: boolean;
  /** Another step comes first: it was given back, and nothing has changed yet. */
  quiet: boolean;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const send = useStep(
    invoice,
    (_: null, header) => must(api.POST("/invoices/{invoice_id}/send", { params: { path: { invoice_id: invoice.id }, header } })),
    () => setOpened(false),
  );
  return (
    <>
      <Button disabled={!ready} variant={quiet ? "default" : "filled"} onClick={() => setOpened(true)}>
        {t("send.button")}
      </Button>
      <SendDialog
        opened={opened}
        close={() => setOpened(false)}
        invoice={invoice}
        foreseen={foreseen}
        refusal={send.isError ? say(send.error) : null}
        pending={send.isPending}
        send={() => send.mutate(null)}
      />
    </>
  );
}

/** The last word before it goes out, with its consequence. */
export function SendDialog(props: {
  opened: boolean;
  close: () => void;
  invoice: Pick<Invoice, "number" | "gross" | "amount_places" | "currency"> & { customer: { name: string } };
  foreseen: string;
  refusal: string | null;
  pending: boolean;
  send: () => void;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const { invoice } = props;
  if (!props.opened) return null;
  return (
    <StepDialog
      title={t("send.title", { customer: invoice.customer.name })}
      word={t("send.confirm")}
      pending={props.pending}
      refusal={props.refusal}
      onClose={props.close}
      onSubmit={props.send}
    >
      <Text size="md">
        {t("send.what", {
          number: invoice.number ?? "",
          gross: money(invoice.gross, invoice.amount_places),
          currency: invoice.currency,
        })}
      </Text>
      <Text size="md" fw={600}>
        {props.foreseen}
      </Text>
      <Text c="dimmed">{t("send.after")}</Text>
    </StepDialog>
  );
}

export function DeleteDraft({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const remove = useChange({
    send: (_: null, header) =>
      must(
        api.DELETE("/invoices/{invoice_id}", {
          params: { path: { invoice_id: invoice.id }, header: { ...header, "If-Match": etag(invoice) } },
        }),
      ),
    invalidates: () => [
      ["invoices", "list"],
      ["orders", invoice.order_id, "invoiced"],
    ],
    onDone: () => void navigate("/invoices", { replace: true }),
  });
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t("remove.button")}
      </Button>
      <Confirm
        opened={opened}
        title={t("remove.title")}
        word={t("remove.confirm")}
        grave
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(null)}
        onClose={() => setOpened(false)}
      >
        {t("remove.text", { gross: money(invoice.gross, invoice.amount_places), currency: invoice.currency, order: invoice.order_number })}
      </Confirm>
    </>
  );
}

// ------------------------------------------------------------------------------------------------- paying

/** Today by the person's calendar, as the API writes days. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** Registers a payment: everything that may be paid unless a part of it is typed (S-055). */
export function Pay({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { amount: "", paid_on: today(), reference: "" } });
  const spoken = (amount: string): string => `${money(amount, invoice.amount_places)} ${invoice.currency}`;
  const pay = useStep(
    invoice,
    (wish: { amount: string; paid_on: string; reference: string }, header) =>
      must(api.POST("/invoices/{invoice_id}/payments", { params: { path: { invoice_id: invoice.id }, header }, body: wish })),
    () => {
      setOpened(false);
      form.reset();
    },
  );
  const amount = typed(form.values.amount);
  const left = amount === null ? null : minus(invoice.open, amount);
  const outcome =
    left === null || amount === null || scaled(amount) <= 0n
      ? null
      : scaled(left) === 0n
        ? t("pay.full")
        : scaled(left) > 0n
          ? t("pay.part", { left: spoken(left) })
          : null;
  return (
    <>
      <Button
        onClick={() => {
          setRefusal(null);
          // Every time with what is open now: a payment may have come meanwhile.
          form.setValues({ amount: price(invoice.payable), paid_on: today(), reference: "" });
          form.clearErrors();
          setOpened(true);
        }}
      >
        {t("pay.button")}
      </Button>
      {opened && (
        <StepDialog
          title={t("pay.title", { number: invoice.number })}
          word={t("pay.confirm")}
          dirty={form.isDirty()}
          pending={pay.isPending}
          refusal={refusal}
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit((values) => {
            setRefusal(null);
            const paid = typed(values.amount);
            if (paid === null || scaled(paid) <= 0n) form.setFieldError("amount", t("pay.amountNeeded"));
            else if (compare(paid, invoice.payable) > 0) form.setFieldError("amount", t("pay.tooMuch", { open: spoken(invoice.payable) }));
            else if (!values.paid_on) form.setFieldError("paid_on", t("pay.dayNeeded"));
            else
              pay.mutate(
                { amount: paid, paid_on: values.paid_on, reference: values.reference.trim() },
                { onError: (error) => setRefusal(showFaults(form, error, say)) },
              );
          })}
        >
          <Text>{t("pay.text", { supplier: invoice.supplier.name, open: spoken(invoice.payable) })}</Text>
          <TextInput
            label={t("pay.amount", { currency: invoice.currency })}
            description={outcome ?? " "}
            inputMode="decimal"
            size="md"
            data-autofocus
            {...form.getInputProps("amount")}
          />
          <TextInput type="date" label={t("pay.day")} max={today()} size="md" {...form.getInputProps("paid_on")} />
          <TextInput
            label={t("pay.reference")}
            description={t("pay.referenceHint", { supplier: invoice.supplier.name })}
            maxLength={200}
            size="md"
            {...form.getInputProps("reference")}
          />
        </StepDialog>
      )}
    </>
  );
}

/** Tells the supplier when it will be paid, or takes an earlier word back. */
export function Plan({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const say = useSay();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { planned_on: "" } });
  const plan = useStep(
    invoice,
    (planned_on: string | null, header) =>
      must(api.POST("/invoices/{invoice_id}/plan-payment", { params: { path: { invoice_id: invoice.id }, header }, body: { planned_on } })),
    () => setOpened(false),
  );
  const tell = (day: string | null): void =>
    plan.mutate(day, { onError: (error) => setRefusal(showFaults(form, error, say)) });
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setRefusal(null);
          form.setValues({ planned_on: invoice.planned_on ?? (invoice.due_date < today() ? today() : invoice.due_date) });
          setOpened(true);
        }}
      >
        {t(invoice.planned_on === null ? "plan.button" : "plan.change")}
      </Button>
      {opened && (
        <StepDialog
          title={t("plan.title")}
          word={t("plan.confirm")}
          pending={plan.isPending}
          refusal={refusal}
          other={
            invoice.planned_on !== null && (
              <Button variant="default" loading={plan.isPending} onClick={() => tell(null)}>
                {t("plan.remove")}
              </Button>
            )
          }
          onClose={() => setOpened(false)}
          onSubmit={form.onSubmit(({ planned_on }) => {
            setRefusal(null);
            if (planned_on) tell(planned_on);
            else form.setFieldError("planned_on", t("pay.dayNeeded"));
          })}
        >
          <Text>{t("plan.text", { supplier: invoice.supplier.name })}</Text>
          <TextInput type="date" label={t("plan.day")} min={today()} size="md" data-autofocus {...form.getInputProps("planned_on")} />
        </StepDialog>
      )}
    </>
  );
}
