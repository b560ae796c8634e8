/** The pages on which orders are written. */
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import { useMe } from "@/api/session";
import { blankLine, typedLine } from "@/orders/lines";
import { stepsOf } from "@/orders/may";
import { OrderForm, type Values } from "@/orders/OrderForm";
import { orderQuery, type Order } from "@/orders/queries";
import { useUnits } from "@/orders/units";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { DocumentWaiting } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";

/** `?supplier=` chooses whom to order from, `?again=` begins with what an earlier order said. */
export function NewOrderPage(): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const [parameters] = useSearchParams();
  const again = parameters.get("again");
  const earlier = useQuery({ ...orderQuery(again ?? ""), enabled: again !== null });
  usePageTitle(t("new.title"));
  if (!me.can("initiator", "supplier-manager", "buyer-admin")) return <NotYours />;
  if (again !== null && earlier.isPending) return <DocumentWaiting />;
  if (again !== null && earlier.isError) return <ErrorState error={earlier.error} again={() => void earlier.refetch()} />;
  return earlier.data !== undefined ? (
    <Again order={earlier.data} />
  ) : (
    <OrderForm
      purpose="new"
      name="order.new"
      title={t("new.title")}
      initial={{
        supplier_id: parameters.get("supplier") ?? "",
        number: "",
        delivery_date: "",
        delivery_address: "",
        note: "",
        lines: [{ ...blankLine(), item_number: parameters.get("item") ?? "" }],
      }}
    />
  );
}

/** Items and quantities of then, names and prices of now where the supplier still has them. */
function Again({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const initial = useInitial(order);
  return (
    <OrderForm
      purpose="new"
      name={`order.again.${order.id}`}
      title={t("new.again", { number: order.number })}
      order={order}
      initial={{ ...initial, number: "", delivery_date: "", lines: initial.lines.map((line) => ({ ...line, filled: "", delivery_date: "" })) }}
    />
  );
}

export function EditOrderPage(): ReactNode {
  return <Existing purpose="edit" />;
}

export function ReviseOrderPage(): ReactNode {
  return <Existing purpose="revise" />;
}

function Existing({ purpose }: { purpose: "edit" | "revise" }): ReactNode {
  const { orderId = "" } = useParams();
  const order = useQuery(orderQuery(orderId));
  if (order.isPending) return <DocumentWaiting />;
  if (order.data === undefined) return <NotFoundPage />;
  return <Write key={order.data.id} purpose={purpose} order={order.data} />;
}

function Write({ purpose, order }: { purpose: "edit" | "revise"; order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const initial = useInitial(order);
  const title = t(`write.${purpose}Title`, { number: order.number });
  usePageTitle(title);
  const may = stepsOf(order, { kind: me.kind, can: me.can, userId: me.session.user.id }).includes(purpose);
  // Sending it makes it another thing below the form that sends it: a form that was opened stays.
  const [opened, setOpened] = useState(may);
  if (may && !opened) setOpened(true);
  if (!may && !opened) return <NotYours order={order} />;
  return <OrderForm purpose={purpose} name={`order.${order.id}.${purpose}`} title={title} order={order} initial={initial} />;
}

function NotYours({ order }: { order?: Order }): ReactNode {
  const { t } = useTranslation("orders");
  return (
    <EmptyState
      title={t("write.notYours")}
      text={order === undefined ? t("write.whoOrders") : t("write.notNow", { number: order.number, name: order.initiator.name })}
    />
  );
}

function useInitial(order: Order): Values {
  const units = useUnits();
  return {
    supplier_id: order.supplier.id,
    number: order.number,
    delivery_date: order.delivery_date ?? "",
    delivery_address: order.delivery_address,
    note: order.note,
    lines: order.lines.map((line) => typedLine(line, units)),
  };
}
