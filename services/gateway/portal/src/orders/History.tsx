/** All that has happened on an order, comments and telephone calls among it; what a step changed, on demand. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { differences, type Difference } from "@/orders/difference";
import { orderHistoryQuery, type Order } from "@/orders/queries";
import { useUnit } from "@/orders/units";
import { useComments } from "@/ui/Conversation";
import { ErrorState } from "@/ui/ErrorState";
import { useFiles } from "@/ui/Files";
import { useFormats } from "@/ui/numbers";
import { Timeline, type Happening } from "@/ui/Timeline";
import classes from "@/orders/orders.module.css";

type Entry = Schemas["OrdersHistoryEntry"];

export function History({ order }: { order: Order }): ReactNode {
  const { t } = useTranslation("orders");
  const me = useMe();
  const { moment, day } = useFormats();
  const history = useQuery(orderHistoryQuery(order.id));
  const comments = useComments("orders", order.id);
  const files = useFiles("orders", order.id);
  const movements = useQuery({
    queryKey: ["goods-movements", "of", order.id],
    queryFn: () => must(api.GET("/goods-movements", { params: { query: { order_id: order.id, limit: 200 } } })),
    meta: { live: [`order:${order.id}`] },
  });
  if (history.isError) return <ErrorState error={history.error} again={() => void history.refetch()} />;
  const said = comments.data?.pages.flatMap((page) => page.items) ?? [];
  const attached = files.data?.items ?? [];
  const moved = movements.data?.items ?? [];
  const entries = history.data?.entries ?? [];

  const people = new Map<string, string>();
  for (const person of [
    order.initiator,
    me.session.user,
    ...said.map((one) => one.author),
    ...attached.map((one) => one.attached_by),
    ...moved.map((one) => one.recorded_by),
    ...entries.flatMap((one) => (one.state.date_proposal ? [one.state.date_proposal.proposed_by] : [])),
  ])
    people.set(person.id, person.name);
  const sides = [order.customer, order.supplier];
  const who = (entry: Entry): string | null => {
    const side = sides.find((one) => one.id === entry.organisation_id)?.name;
    const person = entry.user_name ?? people.get(entry.user_id ?? "");
    return person !== undefined && side !== undefined ? `${person}, ${side}` : (person ?? side ?? null);
  };

  const happenings: Happening[] = entries.map((entry, at) => {
    const before = entries[at - 1]?.state;
    const movement =
      entry.event === "goods-issued" || entry.event === "goods-received"
        ? moved.find((one) => Math.abs(Date.parse(one.recorded_at) - Date.parse(entry.at)) < 1000)
        : undefined;
    const changed = before === undefined ? [] : differences(before, entry.state);
    const detail = movement !== undefined ? <Moved movement={movement} /> : changed.length > 0 ? <Changed order={entry.state} changed={changed} /> : undefined;
    return {
      id: String(entry.sequence),
      at: entry.at,
      what: (
        <>
          {t(`events.${entry.event}`, { defaultValue: entry.event })}
          {movement !== undefined && `: ${movement.number}, ${day(movement.day)}`}
          {entry.event === "delivery-date-proposed" && entry.state.date_proposal && `: ${day(entry.state.date_proposal.date)}`}
          {entry.event === "delivery-date-changed" && entry.state.delivery_date && `: ${day(entry.state.delivery_date)}`}
        </>
      ),
      who: who(entry),
      ...(detail === undefined ? {} : { detail }),
    };
  });
  for (const comment of said)
    happenings.push({
      id: comment.id,
      at: comment.posted_at,
      what: (
        <>
          {comment.agreed_with === null
            ? t("happened.comment")
            : t("happened.phone", { name: comment.agreed_with, at: comment.agreed_at === null ? "" : moment(comment.agreed_at) })}
          <div className={classes.said}>“{comment.text}”</div>
        </>
      ),
      who: `${comment.author.name}, ${comment.organisation.name}`,
    });
  for (const file of attached)
    happenings.push({
      id: file.id,
      at: file.attached_at,
      what: t("happened.file", { name: file.name }),
      who: file.attached_by.name,
    });
  return <Timeline happenings={happenings} />;
}

function Moved({ movement }: { movement: Schemas["GoodsMovement"] }): ReactNode {
  const { t } = useTranslation("orders");
  const { quantity } = useFormats();
  const unit = useUnit();
  return (
    <ul className={classes.change}>
      {movement.lines.map((line) => (
        <li key={line.order_line}>
          {line.description}: {quantity(line.quantity)} {unit(line.unit)}
          {Number(line.rejected_quantity) > 0 &&
            ` · ${t("happened.rejected", { quantity: quantity(line.rejected_quantity), reason: line.reason })}`}
        </li>
      ))}
      {movement.note && <li>{movement.note}</li>}
    </ul>
  );
}

/** Before struck out, after beside it. */
export function Changed({ order, changed }: { order: Order; changed: readonly Difference[] }): ReactNode {
  const { t } = useTranslation("orders");
  const { day, money, quantity } = useFormats();
  const unit = useUnit();
  const nothing = t("change.nothing");
  const pair = (before: string, after: string): ReactNode => (
    <>
      <del>{before || nothing}</del> → <ins>{after || nothing}</ins>
    </>
  );
  const shown = (field: string, value: string | null): string => {
    if (value === null) return "";
    if (field === "quantity") return quantity(value);
    if (field === "unit_price") return money(value);
    if (field === "tax_rate") return `${quantity(value)} %`;
    if (field === "unit") return unit(value);
    if (field === "delivery_date") return day(value);
    return value;
  };
  const one = (difference: Difference): ReactNode => {
    switch (difference.what) {
      case "delivery_date":
        return (
          <>
            {t("delivery")}: {pair(shown("delivery_date", difference.before), shown("delivery_date", difference.after))}
          </>
        );
      case "delivery_address":
      case "note":
        return (
          <>
            {t(difference.what === "note" ? "note" : "address")}: {pair(difference.before, difference.after)}
          </>
        );
      case "added":
      case "removed":
        return t(`change.${difference.what}`, {
          item: difference.line.description,
          quantity: `${quantity(difference.line.quantity)} ${unit(difference.line.unit)}`,
        });
      case "line":
        return (
          <>
            {difference.line.description}, {t(`change.fields.${difference.field}`)}:{" "}
            {pair(shown(difference.field, difference.before), shown(difference.field, difference.after))}
          </>
        );
      case "confirmed":
        return (
          <>
            {t("change.confirmed", {
              item: difference.line.description,
              quantity: quantity(difference.after),
              ordered: `${quantity(difference.line.quantity)} ${unit(difference.line.unit)}`,
            })}
            {difference.note ? `: ${difference.note}` : ""}
          </>
        );
      case "gross":
        return (
          <>
            {t("totals.gross", { currency: order.currency })}:{" "}
            {pair(money(difference.before, order.amount_places), money(difference.after, order.amount_places))}
          </>
        );
    }
  };
  return (
    <ul className={classes.change}>
      {changed.map((difference, at) => (
        <li key={at}>{one(difference)}</li>
      ))}
    </ul>
  );
}
