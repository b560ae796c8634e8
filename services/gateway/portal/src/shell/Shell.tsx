/** The frame around every page: menu, organisation, person, connection. */
import { ActionIcon, Burger, Group, UnstyledButton } from "@mantine/core";
import { useDisclosure, useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import {
  IconArrowBarLeft,
  IconArrowBarRight,
  IconHelp,
} from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";
import { Live, setLive } from "@/api/live";
import { SESSION_KEY, useMe } from "@/api/session";
import { slots } from "@/shell/slots";
import { ConnectionBanner } from "@/shell/ConnectionBanner";
import { MainMenu } from "@/shell/MainMenu";
import { Face } from "@/shell/Face";
import { OrganisationSwitcher } from "@/shell/OrganisationSwitcher";
import { Progress } from "@/shell/Progress";
import { Waiting } from "@/entrance/pages";
import "@/styles/rest.css";
import classes from "@/shell/Shell.module.css";

// What opens on a press is loaded behind the first page: its buttons stand there from the beginning.
const PersonMenu = lazy(async () => ({ default: (await import("@/shell/PersonMenu")).PersonMenu }));
const Messages = lazy(async () => ({ default: (await import("@/shell/Messages")).Messages }));
const KeyboardHelp = lazy(async () => ({ default: (await import("@/shell/KeyboardHelp")).KeyboardHelp }));

export function Shell(): ReactNode {
  const { t } = useTranslation("shell");
  const me = useMe();
  const organisation = me.standing?.organisation.id;
  const [drawer, { toggle, close }] = useDisclosure();
  const [narrow, setNarrow] = useLocalStorage({ key: "counterpart.menu-narrow", defaultValue: false });
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [help, helpOpened] = useDisclosure();
  const location = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(location.pathname);
  useLive(organisation);

  // A new page is read from its beginning, by screen readers too.
  useEffect(() => {
    if (before.current === location.pathname) return;
    before.current = location.pathname;
    close();
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [location.pathname, close]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (event.key === "?" && !typing && !event.ctrlKey && !event.metaKey) helpOpened.open();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [helpOpened]);

  return (
    <div className={classes.shell} data-narrow={narrow || undefined} data-drawer={drawer || undefined}>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <Suspense fallback={null}>
        <Messages />
      </Suspense>
      <header className={classes.header}>
        <Progress />
        <Group gap="xs" wrap="nowrap" miw={0}>
          <Burger
            opened={drawer}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t(drawer ? "menu.close" : "menu.open")}
            aria-expanded={drawer}
          />
          <Link to="/" className={classes.mark} aria-label={t("home")}>
            <img src="/mark.svg" alt="" width={28} height={28} />
            {!phone && <span>Counterpart</span>}
          </Link>
          <OrganisationSwitcher />
        </Group>
        <Group gap={4} wrap="nowrap">
          {slots.top.map((Slot, place) => (
            <Slot key={place} />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            onClick={helpOpened.open}
            title={t("help.title")}
            aria-label={t("help.title")}
            visibleFrom="sm"
          >
            <IconHelp size={20} stroke={1.6} />
          </ActionIcon>
          <Suspense fallback={<Face disabled />}>
            <PersonMenu />
          </Suspense>
        </Group>
      </header>
      {drawer && <div className={classes.veil} onClick={close} aria-hidden="true" />}
      <nav className={classes.navbar} aria-label={t("menu.title")} inert={phone && !drawer}>
        <MainMenu narrow={narrow && !phone} />
        <UnstyledButton
          className={classes.collapse}
          onClick={() => setNarrow(!narrow)}
          visibleFrom="sm"
          title={narrow ? t("menu.widen") : undefined}
          aria-label={t(narrow ? "menu.widen" : "menu.narrow")}
        >
          {narrow ? <IconArrowBarRight size={18} stroke={1.6} /> : <IconArrowBarLeft size={18} stroke={1.6} />}
          {!narrow && <span>{t("menu.narrow")}</span>}
        </UnstyledButton>
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        {/* A person of another organisation begins with fresh pages: nothing half-typed crosses over. */}
        <Suspense fallback={<Waiting />} key={organisation}>
          <div className={classes.page}>
            <Outlet />
          </div>
        </Suspense>
      </main>
      {help && (
        <Suspense fallback={null}>
          <KeyboardHelp opened onClose={helpOpened.close} />
        </Suspense>
      )}
    </div>
  );
}

function useLive(organisation: string | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (organisation === undefined) return;
    const live = new Live(queries, organisation, () => queries.setQueryData(SESSION_KEY, null));
    setLive(live);
    live.start();
    return () => {
      live.stop();
      setLive(null);
    };
  }, [queries, organisation]);
}
