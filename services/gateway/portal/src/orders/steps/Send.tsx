import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useOrderChange } from "@/orders/change";
import { Letter, writtenOf } from "@/orders/Letter";
import type { Order } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { useSay } from "@/ui/form";

/** A draft is sent: what the supplier gets is seen before (S-020). */
export function Send({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const send = useOrderChange(order, (params) => must(api.POST("/orders/{order_id}/submit", { params })), onClose);
  return (
    <StepDialog
      title={t("send.title", { name: order.supplier.name })}
      word={t("send.word")}
      wide
      pending={send.isPending}
      refusal={send.isError ? say(send.error) : null}
      onClose={onClose}
      onSubmit={() => send.mutate(null)}
    >
      <Text>{t("send.text", { name: order.supplier.name })}</Text>
      <Letter written={writtenOf(order)} />
    </StepDialog>
  );
}
