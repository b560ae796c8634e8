/** A tolerance in words of the page's language. */
import { useTranslation } from "react-i18next";
import { useFormats } from "@/ui/numbers";

interface Said {
  measure: string;
  percent?: string | null;
  amount?: string | null;
  combine?: string;
  currency?: string | null;
}

/** How far it lets a value differ: "5 % or 100 EUR, whichever is lower"; null for what is not checked. */
export function useLimit(): (tolerance: Said) => string | null {
  const { t } = useTranslation("tolerances");
  const { quantity } = useFormats();
  return ({ percent, amount, combine, currency }) => {
    const rate = percent === null || percent === undefined ? null : `${quantity(percent)} %`;
    const sum =
      amount === null || amount === undefined ? null : `${quantity(amount)} ${currency ?? t("limit.unit")}`;
    if (rate !== null && sum !== null) return t(`limit.${combine ?? "lower"}`, { rate, sum });
    if (rate === null && sum === null) return null;
    if (Number(percent ?? amount) === 0) return t("limit.nothing");
    return rate ?? sum;
  };
}
