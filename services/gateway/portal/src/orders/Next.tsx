/** What the order waits for, as a sentence; and the decision on another delivery date, where it is told. */
import { Alert, Button, Group, Text, Title } from "@mantine/core";
import { IconArrowRight, IconClock, IconFlag } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import { useOrderChange } from "@/orders/change";
import type { Order } from "@/orders/queries";
import { useSteps } from "@/orders/Steps";
import { daysBetween } from "@/orders/typing";
import { compare } from "@/ui/decimal";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";
import classes from "@/orders/orders.module.css";

export function Notices({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const flags = useFlags(order);
  return (
    <>
      {order.closing_reason && (
        <Alert variant="light" color="red" mb="md" title={t(`closing.${order.status}`)}>
          {order.closing_reason}
        </Alert>
      )}
      {order.date_proposal === null ? <NextStep order={order} /> : <Proposal order={order} proposal={order.date_proposal} />}
      {flags.map((flag) => (
        <Alert key={flag.code} variant="light" color="yellow" mb="md" icon={<IconFlag size={18} />}>
          {flag.detail}
        </Alert>
      ))}
    </>
  );
}

/** What is over is no longer flagged. */
function useFlags(order: Order): Order["flags"] {
  return ["draft", "submitted", "confirmed"].includes(order.status) ? order.flags : [];
}

function NextStep({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const { ago } = useFormats();
  const short = order.lines.filter(
    (line) => line.confirmed_quantity !== null && compare(line.confirmed_quantity, line.quantity) < 0,
  ).length;
  const pending = order.lines.filter((line) => compare(line.pending_quantity, "0") > 0).length;
  const names = { customer: order.customer.name, supplier: order.supplier.name, initiator: order.initiator.name };
  const side = me.kind === "supplier" ? "supplier" : "customer";
  const told: { text: string; mine?: boolean } | null = ((): { text: string; mine?: boolean } | null => {
    switch (order.status) {
      case "draft":
        return { text: t("next.draft", names), mine: me.can("initiator", "supplier-manager", "buyer-admin") };
      case "submitted":
        return {
          text: t(`next.submitted.${side}`, { ...names, ago: order.submitted_at === null ? "" : ago(order.submitted_at) }),
          mine: side === "supplier",
        };
      case "confirmed":
        return {
          text: t(short > 0 ? `next.short.${side}` : `next.confirmed.${side}`, { ...names, count: short }),
          mine: side === "supplier",
        };
      case "in-progress":
        return {
          text: t(pending > 0 ? `next.pending.${side}` : `next.shipped.${side}`, { ...names, count: pending }),
          mine: side === "supplier" ? pending > 0 : pending === 0,
        };
      default:
        return null;
    }
  })();
  if (told === null) return null;
  return (
    <div className={classes.next} data-mine={told.mine || undefined}>
      {told.mine ? <IconArrowRight size={18} stroke={1.8} aria-hidden="true" /> : <IconClock size={18} stroke={1.6} aria-hidden="true" />}
      <Text>{told.text}</Text>
    </div>
  );
}

function Proposal({ order, proposal }: { order: Order; proposal: NonNullable<Order["date_proposal"]> }): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const say = useSay();
  const { day } = useFormats();
  const { steps, begin } = useSteps(order);
  const decides = steps.includes("accept");
  const accept = useOrderChange(order, (params, date: string) =>
    must(api.POST("/orders/{order_id}/change-delivery-date", { params, body: { date } })),
  );
  const later = order.delivery_date === null ? 0 : daysBetween(order.delivery_date, proposal.date);
  return (
    <section className={classes.decision} aria-label={t("proposal.title")}>
      <Title order={2}>
        {order.delivery_date === null
          ? t("proposal.first", { name: order.supplier.name, day: day(proposal.date) })
          : t(later > 0 ? "proposal.later" : "proposal.earlier", {
              name: order.supplier.name,
              day: day(proposal.date),
              before: day(order.delivery_date),
              count: Math.abs(later),
            })}
      </Title>
      <Text c="dimmed" mt={4}>
        {proposal.proposed_by.name}: “{proposal.reason}”
      </Text>
      <Refusal>{accept.isError ? say(accept.error) : null}</Refusal>
      {decides ? (
        <Group gap="xs" mt="sm">
          <Button loading={accept.isPending} onClick={() => accept.mutate(proposal.date)}>
            {t("proposal.accept", { day: day(proposal.date) })}
          </Button>
          <Button variant="default" onClick={() => begin("decline")} disabled={accept.isPending}>
            {order.delivery_date === null ? t("proposal.decline") : t("proposal.keep", { day: day(order.delivery_date) })}
          </Button>
          <Button variant="subtle" onClick={() => begin("date")} disabled={accept.isPending}>
            {t("proposal.other")}
          </Button>
        </Group>
      ) : (
        <Text mt="sm" fw={600}>
          {t(me.kind === "supplier" ? "proposal.waits" : "proposal.notYou", { name: order.initiator.name })}
        </Text>
      )}
    </section>
  );
}
