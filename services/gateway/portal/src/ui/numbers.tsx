/** Numbers and days as they are set on a page: by the person's language, in tabular figures. */
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Exact = Intl.StringNumericLiteral;

/** Formats of the language in use; the same objects as long as it stays. */
export function useFormats(): {
  money: (amount: string, places?: number) => string;
  /** Short, for a plot: the exact number stands beside it or behind it. */
  rough: (amount: string) => string;
  quantity: (amount: string) => string;
  month: (day: string) => string;
  day: (day: string) => string;
  moment: (instant: string) => string;
  ago: (instant: string) => string;
  size: (bytes: number) => string;
} {
  const { i18n } = useTranslation();
  // Day before month, as everywhere but in America: an order crosses borders.
  const language = i18n.language === "en" ? "en-GB" : i18n.language;
  return useMemo(() => {
    const minus = (text: string): string => text.replace("-", "−");
    const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    const month = new Intl.DateTimeFormat(language, { month: "short", year: "2-digit", timeZone: "UTC" });
    const rough = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
    const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    const quantities = new Intl.NumberFormat(language, { maximumFractionDigits: 6 });
    // Making one takes longer than a hundred uses of it, and a list asks for hundreds.
    const amounts = new Map<number, Intl.NumberFormat>();
    const amountsOf = (places: number): Intl.NumberFormat => {
      const known =
        amounts.get(places) ??
        new Intl.NumberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: Math.max(places, 6) });
      amounts.set(places, known);
      return known;
    };
    const sizes = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    return {
      money: (amount, places = 2) => minus(amountsOf(places).format(amount as Exact)),
      rough: (amount) => minus(rough.format(amount as Exact)),
      month: (text) =>
        month
          .formatToParts(new Date(`${text.slice(0, 10)}T00:00:00Z`))
          // Some languages write "year" behind it, which a plot has no room for.
          .filter((part) => part.type === "month" || part.type === "year")
          .map((part) => part.value)
          .join(" "),
      quantity: (amount) => minus(quantities.format(amount as Exact)),
      day: (text) => {
        const parts = day.formatToParts(new Date(`${text.slice(0, 10)}T00:00:00Z`));
        // Some languages write "year" behind it, which a column of days has no room for.
        return (parts.at(-1)?.type === "literal" ? parts.slice(0, -1) : parts).map((part) => part.value).join("");
      },
      moment: (instant) => moment.format(new Date(instant)),
      // Relative under a day only: "8 days ago" makes people count.
      ago: (instant) => {
        const minutes = Math.round((new Date(instant).getTime() - Date.now()) / 60_000);
        if (minutes > -60) return relative.format(minutes, "minute");
        if (minutes > -24 * 60) return relative.format(Math.round(minutes / 60), "hour");
        return moment.format(new Date(instant));
      },
      size: (bytes) =>
        bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${sizes.format(bytes / 1000)} kB` : `${sizes.format(bytes / 1e6)} MB`,
    };
  }, [language]);
}

/** An amount. The currency stands once, in the heading of the column or here where the amount stands alone. */
export function Money(props: { amount: string; currency?: string; places?: number }): ReactNode {
  const { money } = useFormats();
  return (
    <span className="num">
      {money(props.amount, props.places)}
      {props.currency !== undefined && <span style={{ color: "var(--mantine-color-dimmed)" }}> {props.currency}</span>}
    </span>
  );
}

/** A quantity; one that means nothing (nothing shipped yet) is an en dash. */
export function Quantity(props: { amount: string | null | undefined; unit?: string; dashZero?: boolean }): ReactNode {
  const { quantity } = useFormats();
  const empty = props.amount === null || props.amount === undefined || (props.dashZero === true && Number(props.amount) === 0);
  return <span className="num">{empty ? "–" : `${quantity(props.amount ?? "0")}${props.unit ? ` ${props.unit}` : ""}`}</span>;
}

/** A day of a document: no hour, no time zone. */
export function Day({ day }: { day: string | null | undefined }): ReactNode {
  const { day: format } = useFormats();
  const { t } = useTranslation("ui");
  if (!day) return <span style={{ color: "var(--mantine-color-dimmed)" }}>{t("date.none")}</span>;
  return (
    <time dateTime={day} style={{ whiteSpace: "nowrap" }}>
      {format(day)}
    </time>
  );
}

/** A moment, short; exact on hover. */
export function Moment({ at }: { at: string }): ReactNode {
  const { ago, moment } = useFormats();
  return (
    <time dateTime={at} title={moment(at)}>
      {ago(at)}
    </time>
  );
}
