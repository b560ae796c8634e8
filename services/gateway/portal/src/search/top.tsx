import { Kbd, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import classes from "@/search/Search.module.css";
import type { Slot } from "@/shell/slots";

const SearchDialog = lazy(async () => ({ default: (await import("@/search/SearchDialog")).SearchDialog }));

/** Documents and pages from anywhere, with Ctrl K or Command K. */
function Search(): ReactNode {
  const { t } = useTranslation("shell");
  const me = useMe();
  const [opened, { open, close }] = useDisclosure();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      open();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [open]);
  if (me.standing === undefined) return null;
  return (
    <>
      <UnstyledButton className={classes.button} onClick={open} aria-label={t("search.label")} aria-haspopup="dialog">
        <IconSearch size={18} stroke={1.6} />
        <span>{t("search.button")}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </UnstyledButton>
      {opened && (
        <Suspense fallback={null}>
          <SearchDialog onClose={close} />
        </Suspense>
      )}
    </>
  );
}

export const slot: Slot = { place: 10, Component: Search };
