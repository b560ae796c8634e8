import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useCategory, useReason } from "@/invoices/Adjustments";
import { agreed, isQuiet, paired, type Difference, type Pair } from "@/invoices/compare";
import classes from "@/invoices/MatchTable.module.css";
import { scaled } from "@/ui/decimal";
import { useFormats } from "@/ui/numbers";

/** Order and invoice side by side, line for line: what is equal is quiet, what differs is marked in its place. */
export function MatchTable({
  order,
  invoice,
  elsewhere,
}: {
  order: Schemas["Order"];
  invoice: Schemas["Invoice"];
  elsewhere?: ReadonlyMap<number, string>;
}): ReactNode {
  const { t } = useTranslation("invoices");
  const { money } = useFormats();
  const rows = paired(order.lines, invoice.lines, elsewhere, invoice.exchange?.rate);
  const different = rows.filter((row) => !isQuiet(row)).length;
  const places = invoice.amount_places;
  const reason = useReason();
  const sums: readonly (readonly [label: string, ordered: string | null, billed: string, total?: boolean])[] = [
    ...(invoice.adjustments.length > 0
      ? [
          [t("totals.lines"), null, invoice.lines_net ?? invoice.net] as const,
          ...invoice.adjustments.map((one) => [reason(one), null, one.kind === "charge" ? one.amount : `-${one.amount}`] as const),
        ]
      : []),
    [t("totals.net"), order.net, invoice.net],
    [t("totals.tax"), order.tax, invoice.tax],
    [t("totals.gross", { currency: invoice.exchange ? `${order.currency} / ${invoice.currency}` : invoice.currency }), order.gross, invoice.gross, true],
  ];
  return (
    <section className={classes.sheet}>
      <header className={classes.heading}>
        <h2>{t("match.title")}</h2>
        <Text size="sm" c="dimmed">
          {different === 0 ? t("match.same") : t("match.different", { count: different })}
        </Text>
      </header>
      <div className={classes.scroll}>
        <table className={classes.table}>
          <caption className={classes.unseen}>{t("match.title")}</caption>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t("line.item")}
              </th>
              <th scope="colgroup" colSpan={3} data-group>
                {t("match.order", { number: order.number })}
              </th>
              <th scope="colgroup" colSpan={3} data-group data-billed>
                {t("match.invoice")}
              </th>
            </tr>
            <tr className={classes.names}>
              {[false, true].map((billed) =>
                (["quantity", "price", "net"] as const).map((name) => (
                  <th key={`${name}${billed ? "b" : "o"}`} scope="col" data-numeric data-billed={(billed && name === "quantity") || undefined}>
                    {t(`line.${name}`, { currency: billed ? invoice.currency : order.currency })}
                  </th>
                )),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} places={places} elsewhere={row.ordered ? elsewhere?.get(row.ordered.number) : undefined} />
            ))}
          </tbody>
          <tfoot>
            {sums.map(([label, ordered, billed, total], at) => (
              <tr key={at} data-total={total || undefined}>
                <th scope="row">{label}</th>
                <td colSpan={3} data-numeric data-label={t("match.orderShort")}>
                  {ordered === null ? "–" : money(ordered, places)}
                </td>
                <td colSpan={3} data-numeric data-billed data-label={t("match.invoice")}>
                  {money(billed, places)}
                </td>
              </tr>
            ))}
          </tfoot>
        </table>
      </div>
    </section>
  );
}

function Row({ row, places, elsewhere }: { row: Pair; places: number; elsewhere: string | undefined }): ReactNode {
  const { t } = useTranslation("invoices");
  const { t: words } = useTranslation("orders");
  const { money, quantity } = useFormats();
  const category = useCategory();
  const reason = useReason();
  const { ordered, billed } = row;
  const unit = (code: string): string => words(`units.${code}`, { defaultValue: code });
  const named = billed ?? ordered;
  const withUnit = (line: { unit: string }, amount: string): string => `${quantity(amount)} ${unit(line.unit)}`;
  return (
    <tr data-quiet={isQuiet(row) || undefined} data-stranger={ordered === null || undefined}>
      <td className={classes.item}>
        <div>{named?.description}</div>
        <div className={classes.under}>
          {billed === null ? t("match.orderLine", { number: ordered?.number }) : t("match.line", { number: billed.number })}
          {named?.item_number ? ` · ${named.item_number}` : ""}
        </div>
        {ordered === null && <Mark>{t("match.notOrdered")}</Mark>}
        {row.otherItem && ordered !== null && (
          <Mark>{t("match.otherItem", { item: ordered.item_number, description: ordered.description })}</Mark>
        )}
        {row.otherTax && ordered !== null && billed !== null && (
          <Mark>{t("match.otherTax", { ordered: quantity(ordered.tax_rate), billed: quantity(billed.tax_rate) })}</Mark>
        )}
        {billed !== null && billed.tax_category !== "S" && billed.tax_category !== "Z" && (
          <div className={classes.under}>{category(billed.tax_category)}</div>
        )}
        {billed?.adjustments.map((one, at) => (
          <div key={at} className={classes.under}>
            {t(`adjust.told.${one.kind}`, { reason: reason(one), amount: money(one.amount, places) })}
          </div>
        ))}
        {elsewhere !== undefined && !row.again && scaled(elsewhere) !== 0n && (
          <div className={classes.under}>{t("match.elsewhere", { amount: quantity(elsewhere) })}</div>
        )}
      </td>
      {ordered === null || row.again ? (
        <td colSpan={3} className={classes.nothing} data-label={t("match.orderShort")}>
          {row.again ? t("match.again") : t("match.nothingOrdered")}
        </td>
      ) : (
        <>
          <td data-numeric data-label={t("line.quantity")}>
            {withUnit(ordered, agreed(ordered))}
            {ordered.confirmed_quantity !== null && scaled(ordered.confirmed_quantity) !== scaled(ordered.quantity) && (
              <div className={classes.under}>{t("match.confirmed", { amount: quantity(ordered.quantity) })}</div>
            )}
          </td>
          <td data-numeric data-label={t("line.priceShort")}>{money(ordered.unit_price)}</td>
          <td data-numeric data-label={t("line.netShort")}>{money(ordered.net, places)}</td>
        </>
      )}
      {billed === null ? (
        <td colSpan={3} className={classes.nothing} data-billed data-label={t("match.invoice")}>
          {t("match.notBilled")}
        </td>
      ) : (
        <>
          <td data-numeric data-billed data-label={t("line.quantity")} data-marked={row.quantity !== null || row.otherUnit || undefined}>
            {withUnit(billed, billed.quantity)}
            {row.quantity && <By difference={row.quantity} />}
          </td>
          <td data-numeric data-label={t("line.priceShort")} data-marked={row.price !== null || undefined}>
            {money(billed.unit_price)}
            {row.price && <By difference={row.price} money />}
          </td>
          <td data-numeric data-label={t("line.netShort")}>{money(billed.net, places)}</td>
        </>
      )}
    </tr>
  );
}

function By({ difference, money: isMoney }: { difference: Difference; money?: boolean }): ReactNode {
  const { i18n } = useTranslation();
  const { money, quantity } = useFormats();
  const sign = difference.by.startsWith("-") ? "" : "+";
  const amount = isMoney ? money(difference.by) : quantity(difference.by);
  const percent =
    difference.percent === null
      ? null
      : new Intl.NumberFormat(i18n.language === "en" ? "en-GB" : i18n.language, {
          style: "percent",
          maximumFractionDigits: 1,
          signDisplay: "never",
        }).format(difference.percent / 100);
  return (
    <div className={classes.by}>
      {sign}
      {amount}
      {percent !== null && ` (${percent})`}
    </div>
  );
}

function Mark({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.mark}>{children}</div>;
}
