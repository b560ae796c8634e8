import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { currentLive, useConnection } from "@/api/live";
import classes from "@/shell/Shell.module.css";

/** Says that what is on the page may be out of date, and goes by itself when it no longer may. */
export function ConnectionBanner(): ReactNode {
  const { t } = useTranslation("shell");
  const connection = useConnection();
  return (
    <div role="status">
      {connection === "lost" && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={18} stroke={1.6} />
          <span>{t("lost.text")}</span>
          <Button size="compact-sm" variant="white" onClick={() => currentLive()?.now()}>
            {t("lost.again")}
          </Button>
        </div>
      )}
    </div>
  );
}
