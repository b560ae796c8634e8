/** The buttons of an order, by role and status, and the dialog of the step that was chosen. */
import { Button, Menu } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import {
  IconBan,
  IconCalendar,
  IconCheck,
  IconCircleCheck,
  IconDots,
  IconPencil,
  IconPlayerPlay,
  IconRepeat,
  IconSend,
  IconTrash,
  IconTruckDelivery,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import { useOrderChange } from "@/orders/change";
import { STEPS, stepsOf, type Step } from "@/orders/may";
import type { Order } from "@/orders/queries";
import { ChangeDate, DeclineDate, ProposeDate } from "@/orders/steps/Dates";
import { Confirm } from "@/orders/steps/Confirm";
import { Close, Delete, End } from "@/orders/steps/Endings";
import { Receive, Ship } from "@/orders/steps/Goods";
import { Send } from "@/orders/steps/Send";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";

const ICONS: Record<Step, ComponentType<{ size?: number | string; stroke?: number | string }>> = {
  confirm: IconCheck,
  refuse: IconX,
  start: IconPlayerPlay,
  ship: IconTruckDelivery,
  propose: IconCalendar,
  submit: IconSend,
  edit: IconPencil,
  delete: IconTrash,
  accept: IconCheck,
  decline: IconX,
  date: IconCalendar,
  receive: IconTruckDelivery,
  close: IconCircleCheck,
  revise: IconPencil,
  cancel: IconBan,
  again: IconRepeat,
};

/** Decided where the proposal is told, not among the buttons. */
const ELSEWHERE: readonly Step[] = ["accept", "decline"];
/** What ends something never stands where a hurried hand looks for the next step. */
const GRAVE: readonly Step[] = ["cancel", "delete"];
const SHOWN = 3;

/** Which steps there are, and how one is begun; `?step=confirm` in the address begins one as well. */
export function useSteps(order: Order): { steps: Step[]; open: Step | null; begin: (step: Step) => void; end: () => void } {
  const me = useMe();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const steps = stepsOf(order, { kind: me.kind, can: me.can, userId: me.session.user.id });
  const wished = STEPS.find((step) => step === parameters.get("step"));
  const put = (step: Step | null): void =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        if (step === null) next.delete("step");
        else next.set("step", step);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return {
    steps,
    open: wished !== undefined && steps.includes(wished) ? wished : null,
    begin: (step) => {
      if (step === "edit") void navigate(`/orders/${order.id}/edit`);
      else if (step === "revise") void navigate(`/orders/${order.id}/revise`);
      else if (step === "again") void navigate(`/orders/new?again=${order.id}`);
      else put(step);
    },
    end: () => put(null),
  };
}

export function StepButtons({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const { steps, begin } = useSteps(order);
  const start = useOrderChange(order, (params) => must(api.POST("/orders/{order_id}/start", { params })));
  const say = useSay();
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const here = steps.filter((step) => !ELSEWHERE.includes(step));
  const shown = here.filter((step) => !GRAVE.includes(step)).slice(0, phone ? 2 : SHOWN);
  const more = here.filter((step) => !shown.includes(step));
  // The one that matters is filled; where a date is to be decided on, that is told below, and matters more.
  const waits =
    shown[0] !== undefined &&
    ["confirm", "start", "ship", "submit", "receive"].includes(shown[0]) &&
    !steps.includes("accept");
  return (
    <>
      {shown.map((step, place) => {
        const Icon = ICONS[step];
        return (
          <Button
            key={step}
            variant={place === 0 && waits ? "filled" : "default"}
            leftSection={<Icon size={16} stroke={1.8} />}
            loading={step === "start" && start.isPending}
            onClick={() => (step === "start" ? start.mutate(null) : begin(step))}
          >
            {t(`steps.${step}`)}
          </Button>
        );
      })}
      {more.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="default" leftSection={<IconDots size={16} />}>
              {t("steps.more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {more.map((step) => {
              const Icon = ICONS[step];
              return (
                <Menu.Item
                  key={step}
                  leftSection={<Icon size={16} stroke={1.6} />}
                  {...(GRAVE.includes(step) ? { c: "var(--mantine-color-error)" } : {})}
                  onClick={() => begin(step)}
                >
                  {t(`steps.${step}`)}
                </Menu.Item>
              );
            })}
          </Menu.Dropdown>
        </Menu>
      )}
      <Refusal>{start.isError ? say(start.error) : null}</Refusal>
    </>
  );
}

export function StepDialogs({ order }: { order: Order }): ReactNode {
  const { open, begin, end } = useSteps(order);
  switch (open) {
    case "confirm":
      return <Confirm order={order} onClose={end} onRefuse={() => begin("refuse")} />;
    case "refuse":
    case "cancel":
      return <End key={open} order={order} how={open} onClose={end} />;
    case "ship":
      return <Ship order={order} onClose={end} />;
    case "receive":
      return <Receive order={order} onClose={end} />;
    case "propose":
      return <ProposeDate order={order} onClose={end} />;
    case "date":
      return <ChangeDate order={order} onClose={end} />;
    case "decline":
      return <DeclineDate order={order} onClose={end} />;
    case "close":
      return <Close order={order} onClose={end} />;
    case "delete":
      return <Delete order={order} onClose={end} />;
    case "submit":
      return <Send order={order} onClose={end} />;
    default:
      return null;
  }
}
