import { useIsFetching, useIsMutating } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigation } from "react-router";
import classes from "@/shell/Shell.module.css";

/** What takes longer than this is shown to be going on. */
const UNNOTICED = 300;

export function Progress(): ReactNode {
  const { t } = useTranslation("shell");
  const fetching = useIsFetching({ predicate: (query) => query.meta?.quiet !== true });
  const changing = useIsMutating();
  const moving = useNavigation().state !== "idle";
  const busy = fetching + changing > 0 || moving;
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(busy), busy ? UNNOTICED : 0);
    return () => clearTimeout(timer);
  }, [busy]);
  return shown ? <div className={classes.progress} role="progressbar" aria-label={t("working")} /> : null;
}
