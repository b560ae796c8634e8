/** An order as its supplier will get it, before it is sent; also as text to be put into a mail of one's own. */
import { Button, CopyButton, Group, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useUnit } from "@/orders/units";
import { Money, Quantity, useFormats } from "@/ui/numbers";
import classes from "@/orders/orders.module.css";

export interface Written {
  /** Null while the portal has not given it one. */
  number: string | null;
  customer: string;
  supplier: string;
  initiator: string;
  currency: string;
  places: number;
  deliveryDate: string | null;
  address: string;
  note: string;
  paymentDays: number | null;
  lines: readonly Pick<Schemas["OrderLine"], "item_number" | "description" | "unit" | "quantity" | "unit_price" | "net">[];
  net: string;
  tax: string;
  gross: string;
}

export function writtenOf(order: Schemas["Order"]): Written {
  return {
    number: order.number,
    customer: order.customer.name,
    supplier: order.supplier.name,
    initiator: order.initiator.name,
    currency: order.currency,
    places: order.amount_places,
    deliveryDate: order.delivery_date,
    address: order.delivery_address,
    note: order.note,
    paymentDays: order.payment_days,
    lines: order.lines,
    net: order.net,
    tax: order.tax,
    gross: order.gross,
  };
}

export function Letter({ written }: { written: Written }): ReactNode {
  const { t } = useTranslation("orders");
  const { day } = useFormats();
  const unit = useUnit();
  const text = useText(written);
  const subject = t("letter.subject", { number: written.number ?? t("letter.noNumber"), customer: written.customer });
  return (
    <section className={classes.letter} aria-label={t("letter.title")}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Text size="xs" c="dimmed">
            {t("letter.to", { name: written.supplier })}
          </Text>
          <Text fw={650} size="md">
            {subject}
          </Text>
        </div>
        <CopyButton value={`${subject}\n\n${text}`}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              flex="none"
              onClick={copy}
              leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            >
              {t(copied ? "letter.copied" : "letter.copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
      <table className={classes.letterLines}>
        <thead>
          <tr>
            <th scope="col">{t("line.description")}</th>
            <th scope="col" className="num">
              {t("line.ordered")}
            </th>
            <th scope="col" className="num">
              {t("line.price")}
            </th>
            <th scope="col" className="num">
              {t("line.net", { currency: written.currency })}
            </th>
          </tr>
        </thead>
        <tbody>
          {written.lines.map((line, at) => (
            <tr key={at}>
              <td>
                {line.description} <span className={classes.quiet}>{line.item_number}</span>
              </td>
              <td className="num">
                <Quantity amount={line.quantity} unit={unit(line.unit)} />
              </td>
              <td className="num">
                <Money amount={line.unit_price} />
              </td>
              <td className="num">
                <Money amount={line.net} places={written.places} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {(["net", "tax", "gross"] as const).map((which) => (
            <tr key={which} data-last={which === "gross" || undefined}>
              <td colSpan={3} className="num">
                {t(`totals.${which}`, { currency: written.currency })}
              </td>
              <td className="num">
                <Money amount={written[which]} places={written.places} />
              </td>
            </tr>
          ))}
        </tfoot>
      </table>
      <dl className={classes.letterFacts}>
        <dt>{t("delivery")}</dt>
        <dd>{written.deliveryDate === null ? t("letter.noDate") : day(written.deliveryDate)}</dd>
        {written.address && (
          <>
            <dt>{t("address")}</dt>
            <dd>{written.address}</dd>
          </>
        )}
        {written.paymentDays !== null && (
          <>
            <dt>{t("payment")}</dt>
            <dd>{t("days", { count: written.paymentDays })}</dd>
          </>
        )}
        <dt>{t("letter.from")}</dt>
        <dd>
          {written.initiator}, {written.customer}
        </dd>
        {written.note && (
          <>
            <dt>{t("note")}</dt>
            <dd>{written.note}</dd>
          </>
        )}
      </dl>
    </section>
  );
}

function useText(written: Written): string {
  const { t } = useTranslation("orders");
  const { day, money, quantity } = useFormats();
  const unit = useUnit();
  const lines = written.lines.map(
    (line, at) =>
      `${String(at + 1)}. ${line.description} (${line.item_number}): ${quantity(line.quantity)} ${unit(line.unit)} × ` +
      `${money(line.unit_price)} = ${money(line.net, written.places)} ${written.currency}`,
  );
  const facts = [
    `${t("totals.net")}: ${money(written.net, written.places)} ${written.currency}`,
    `${t("totals.tax")}: ${money(written.tax, written.places)} ${written.currency}`,
    `${t("totals.gross", { currency: written.currency })}: ${money(written.gross, written.places)}`,
    `${t("delivery")}: ${written.deliveryDate === null ? t("letter.noDate") : day(written.deliveryDate)}`,
    ...(written.address ? [`${t("address")}: ${written.address}`] : []),
    ...(written.note ? [`${t("note")}: ${written.note}`] : []),
  ];
  return [...lines, "", ...facts, "", `${written.initiator}, ${written.customer}`].join("\n");
}
