import { EmptyState } from "@/ui/EmptyState";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** For somebody who is signed in and may do nothing (any more) for anybody. */
export function NobodyPage(): ReactNode {
  const { t } = useTranslation("shell");
  return <EmptyState title={t("nobody.title")} text={t("nobody.text")} />;
}
