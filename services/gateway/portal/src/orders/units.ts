import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { UnitWords } from "@/orders/lines";

/** Units of UN/ECE Recommendation 20 that people choose from; others are shown by their code. */
export const UNITS = ["C62", "SET", "PR", "KGM", "TNE", "MTR", "LTR", "HUR", "WEE"] as const;

/** The short word for a unit: `pc` for C62. */
export function useUnit(): (code: string) => string {
  const { t } = useTranslation("orders");
  return useCallback((code) => t(`units.${code}`, { defaultValue: code }), [t]);
}

/** Both ways: for what is typed. */
export function useUnits(): UnitWords {
  const word = useUnit();
  return useMemo(
    () => ({
      word,
      code: (typed) => UNITS.find((code) => word(code).toLowerCase() === typed.toLowerCase()) ?? typed.toUpperCase(),
    }),
    [word],
  );
}
