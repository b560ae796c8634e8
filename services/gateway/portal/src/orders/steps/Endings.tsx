import { Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { useOrderChange } from "@/orders/change";
import type { Order } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { compare } from "@/ui/decimal";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";

/** The supplier will not deliver, or the customer calls the order off: with a reason, and for good. */
export function End({ order, how, onClose }: { order: Order; how: "refuse" | "cancel"; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const { money } = useFormats();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { reason: "" },
    validate: { reason: (text) => (text.trim() ? null : t("faults.reason")) },
  });
  useLeaveWarning(form.isDirty());
  const end = useOrderChange(
    order,
    (params, reason: string) => must(api.POST(`/orders/{order_id}/${how}`, { params, body: { reason } })),
    onClose,
  );
  return (
    <StepDialog
      title={t(`${how}.title`, { number: order.number })}
      word={t(`${how}.word`)}
      grave
      dirty={form.isDirty()}
      pending={end.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit(({ reason }) =>
        end.mutate(reason.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) }),
      )}
    >
      <Text>
        {t(`${how}.text`, {
          count: order.lines.length,
          sum: `${money(order.gross, order.amount_places)} ${order.currency}`,
          name: how === "refuse" ? order.customer.name : order.supplier.name,
        })}
      </Text>
      <Textarea label={t(`${how}.reason`)} required autosize minRows={2} maxLength={1000} data-autofocus {...form.getInputProps("reason")} />
    </StepDialog>
  );
}

/** Nothing more is awaited. What was not shipped is said before. */
export function Close({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const open = order.lines.filter((line) => compare(line.pending_quantity, "0") > 0).length;
  const close = useOrderChange(order, (params) => must(api.POST("/orders/{order_id}/close", { params })), onClose);
  return (
    <StepDialog
      title={t("close.title", { number: order.number })}
      word={t("close.word")}
      grave={open > 0}
      pending={close.isPending}
      refusal={close.isError ? say(close.error) : null}
      onClose={onClose}
      onSubmit={() => close.mutate(null)}
    >
      <Text>{open > 0 ? t("close.open", { count: open, name: order.supplier.name }) : t("close.done")}</Text>
    </StepDialog>
  );
}

/** A draft is thrown away; nobody but the customer's own people ever saw it. */
export function Delete({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const navigate = useNavigate();
  const remove = useChange({
    send: (_: null, header) =>
      must(
        api.DELETE("/orders/{order_id}", {
          params: { path: { order_id: order.id }, header: { ...header, "If-Match": etag(order) } },
        }),
      ),
    // The draft itself is not asked for again: it is gone.
    invalidates: () => [["orders", "list"]],
    onDone: () => void navigate("/orders"),
  });
  return (
    <StepDialog
      title={t("delete.title", { number: order.number })}
      word={t("delete.word")}
      grave
      pending={remove.isPending}
      refusal={remove.isError ? say(remove.error) : null}
      onClose={onClose}
      onSubmit={() => remove.mutate(null)}
    >
      <Text>{t("delete.text", { count: order.lines.length })}</Text>
    </StepDialog>
  );
}
