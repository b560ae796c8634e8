import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";

/** "1 day 3 h" of working time; under an hour it says so. */
export function useWorked(): (worked: Schemas["WorkedTime"]) => string {
  const { t } = useTranslation("waiting");
  return ({ days, hours }) => {
    const parts = [days > 0 ? t("days", { count: days }) : null, hours > 0 ? t("hours", { count: hours }) : null];
    return parts.filter(Boolean).join(" ") || t("underAnHour");
  };
}
