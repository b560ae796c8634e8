import { Text } from "@mantine/core";
import { IconHome } from "@tabler/icons-react";
import { Fragment, useRef, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router";
import { useMe } from "@/api/session";
import { entriesOf, type MenuEntry } from "@/menu";
import classes from "@/shell/Shell.module.css";

const HOME: MenuEntry = { label: "menu.home", to: "/", icon: IconHome, shownTo: () => true, place: 0 };

/** The entries this person has, in their order, with the heading of a group before its first. */
export function MainMenu({ narrow }: { narrow: boolean }): ReactNode {
  const { t } = useTranslation("shell");
  const me = useMe();
  const list = useRef<HTMLUListElement>(null);
  const entries = [HOME, ...entriesOf(me)];

  // Arrows move between entries; Tab goes through them as everywhere.
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || list.current === null) return;
    const links = [...list.current.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    links[(at + step + links.length) % links.length]?.focus();
    event.preventDefault();
  };

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the links inside are what is used
    <ul className={classes.menu} ref={list} onKeyDown={onKey}>
      {entries.map((entry, place) => {
        const another = entry.group !== entries[place - 1]?.group;
        const heading = another && entry.group !== undefined;
        return (
          <Fragment key={entry.to}>
            {another && !heading && <li className={classes.gap} aria-hidden="true" />}
            {heading && !narrow && (
              <li className={classes.group}>
                <Text size="xs" c="dimmed" fw={600}>
                  {t(entry.group ?? "")}
                </Text>
              </li>
            )}
            <li>
              <NavLink
                to={entry.to}
                end={entry.to === "/"}
                className={classes.entry}
                aria-label={t(entry.label)}
                title={narrow ? t(entry.label) : undefined}
              >
                <entry.icon size={20} stroke={1.6} />
                {!narrow && <span>{t(entry.label)}</span>}
              </NavLink>
            </li>
          </Fragment>
        );
      })}
    </ul>
  );
}
