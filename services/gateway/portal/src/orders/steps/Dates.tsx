import { Text, TextInput, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useOrderChange } from "@/orders/change";
import type { Order } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";

/** The supplier asks for another date; the date itself stays until the initiator decides (S-026). */
export function ProposeDate({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const { day } = useFormats();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { date: order.date_proposal?.date ?? order.delivery_date ?? "", reason: order.date_proposal?.reason ?? "" },
    validate: {
      date: (text) => (!text ? t("faults.day") : text === order.delivery_date ? t("faults.sameDay") : null),
      reason: (text) => (text.trim() ? null : t("faults.reason")),
    },
  });
  useLeaveWarning(form.isDirty());
  const propose = useOrderChange(
    order,
    (params, body: { date: string; reason: string }) => must(api.POST("/orders/{order_id}/propose-delivery-date", { params, body })),
    onClose,
  );
  return (
    <StepDialog
      title={t("propose.title")}
      word={t("propose.word")}
      dirty={form.isDirty()}
      pending={propose.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit((values) =>
        propose.mutate(
          { date: values.date, reason: values.reason.trim() },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        ),
      )}
    >
      <Text>
        {order.delivery_date === null
          ? t("propose.textNone", { initiator: order.initiator.name })
          : t("propose.text", { day: day(order.delivery_date), initiator: order.initiator.name })}
      </Text>
      <TextInput type="date" label={t("propose.date")} required data-autofocus {...form.getInputProps("date")} />
      <Textarea label={t("propose.reason")} required autosize minRows={2} maxLength={1000} {...form.getInputProps("reason")} />
    </StepDialog>
  );
}

/** The initiator sets another date, whatever was proposed (S-027). */
export function ChangeDate({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { date: order.delivery_date ?? "" },
    validate: { date: (text) => (!text ? t("faults.day") : text === order.delivery_date ? t("faults.sameDay") : null) },
  });
  useLeaveWarning(form.isDirty());
  const change = useOrderChange(
    order,
    (params, date: string) => must(api.POST("/orders/{order_id}/change-delivery-date", { params, body: { date } })),
    onClose,
  );
  return (
    <StepDialog
      title={t("date.title")}
      word={t("date.word")}
      dirty={form.isDirty()}
      pending={change.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit(({ date }) =>
        change.mutate(date, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
      )}
    >
      <Text>
        {t(order.date_proposal === null ? "date.text" : "date.textProposal", { name: order.supplier.name })}
      </Text>
      <TextInput type="date" label={t("date.date")} required data-autofocus {...form.getInputProps("date")} />
    </StepDialog>
  );
}

/** The initiator keeps the date. */
export function DeclineDate({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const { day } = useFormats();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { reason: "" },
    validate: { reason: (text) => (text.trim() ? null : t("faults.reason")) },
  });
  useLeaveWarning(form.isDirty());
  const decline = useOrderChange(
    order,
    (params, reason: string) => must(api.POST("/orders/{order_id}/decline-delivery-date", { params, body: { reason } })),
    onClose,
  );
  return (
    <StepDialog
      title={t("decline.title")}
      word={t("decline.word")}
      dirty={form.isDirty()}
      pending={decline.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit(({ reason }) =>
        decline.mutate(reason.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) }),
      )}
    >
      <Text>
        {order.delivery_date === null
          ? t("decline.textNone")
          : t("decline.text", { day: day(order.delivery_date), name: order.supplier.name })}
      </Text>
      <Textarea label={t("decline.reason")} required autosize minRows={2} maxLength={1000} data-autofocus {...form.getInputProps("reason")} />
    </StepDialog>
  );
}
