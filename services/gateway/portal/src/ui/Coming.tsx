import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** Where something will stand in a moment, about as high as it will be. */
export function Coming({ height = 240 }: { height?: number }): ReactNode {
  const { t } = useTranslation("entrance");
  return <Skeleton height={height} radius={8} role="status" aria-label={t("waiting")} />;
}
