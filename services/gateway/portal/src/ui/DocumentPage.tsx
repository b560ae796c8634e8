/**
 * A document is one page: header with the next step, its body, and what surrounds it in a side column, which
 * becomes tabs on a phone. The same skeleton for every kind of document.
 */
import { Anchor, Button, Group, Menu, Skeleton, Stack, Tabs, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "react-router";
import { fileAddress } from "@/api/client";
import { usePageTitle } from "@/shell/usePageTitle";
import classes from "@/ui/DocumentPage.module.css";
import "@mantine/core/styles/FloatingIndicator.css";
import "@mantine/core/styles/Tabs.css";

export interface Section {
  id: string;
  label: string;
  /** How many there are, when known. */
  count?: number | undefined;
  content: ReactNode;
}

export function DocumentPage(props: {
  /** What kind of document, above the number: "Purchase order". */
  kind: string;
  title: string;
  status: ReactNode;
  /** Under the title: parties, dates, one line. */
  subtitle?: ReactNode;
  /** The sum, readable from a metre away. */
  sum?: ReactNode;
  /** What this person can do next; the first is the one that matters. */
  actions?: ReactNode;
  /** Path of the document's files without ending, such as `/orders/…/document`. */
  files?: string;
  /** The list it came from. */
  back: { to: string; label: string };
  /** Above everything: a decision that waits, why an invoice is held. */
  notice?: ReactNode;
  /** Name of the body on a phone: "Lines". */
  bodyLabel: string;
  children: ReactNode;
  /** Stands at the top of the side column: parties, terms. */
  details: ReactNode;
  sections: readonly Section[];
}): ReactNode {
  const { t } = useTranslation("ui");
  const phone = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: false });
  const state = useLocation().state as { from?: string } | null;
  const [tab, setTab] = useState<string | null>(null);
  usePageTitle(`${props.kind} ${props.title}`);

  const tabs: Section[] = phone
    ? [
        { id: "body", label: props.bodyLabel, content: props.children },
        { id: "details", label: t("document.details"), content: props.details },
        ...props.sections,
      ]
    : [...props.sections];
  const chosen = tabs.some((one) => one.id === tab) ? tab : (tabs[0]?.id ?? null);
  const tabPanels = (
    <Tabs value={chosen} onChange={setTab} keepMounted={false}>
      <Tabs.List className={classes.tabs}>
        {tabs.map((one) => (
          <Tabs.Tab key={one.id} value={one.id}>
            {one.label}
            {one.count ? <span className={classes.count}>{one.count}</span> : null}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((one) => (
        <Tabs.Panel key={one.id} value={one.id} pt="md">
          {one.content}
        </Tabs.Panel>
      ))}
    </Tabs>
  );

  return (
    <article>
      <Anchor component={Link} to={state?.from ?? props.back.to} size="sm" className={classes.back}>
        <IconArrowLeft size={16} stroke={1.6} />
        {props.back.label}
      </Anchor>
      <header className={classes.header}>
        <div className={classes.heading}>
          <div className={classes.kind}>{props.kind}</div>
          <Group gap="sm">
            <Title order={1}>{props.title}</Title>
            {props.status}
          </Group>
          {props.subtitle !== undefined && <div className={classes.subtitle}>{props.subtitle}</div>}
        </div>
        {props.sum !== undefined && <div className={classes.sum}>{props.sum}</div>}
        <Group gap="xs" className={classes.actions}>
          {props.actions}
          {props.files !== undefined && (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />}>
                  {t("document.downloads")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {(["pdf", "xlsx"] as const).map((ending) => (
                  <Menu.Item key={ending} component="a" href={fileAddress(`${props.files ?? ""}.${ending}`)} download>
                    {t(`document.${ending}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      </header>
      {props.notice}
      {phone ? (
        tabPanels
      ) : (
        <div className={classes.columns}>
          <div className={classes.body}>{props.children}</div>
          <aside className={classes.side} aria-label={t("document.details")}>
            {props.details}
            {tabs.length > 0 && tabPanels}
          </aside>
        </div>
      )}
    </article>
  );
}

/** The way back from a page that is part of something larger. */
export function BackLink(props: { to: string; children: ReactNode }): ReactNode {
  return (
    <Anchor component={Link} to={props.to} size="sm" className={classes.back}>
      <IconArrowLeft size={16} stroke={1.6} />
      {props.children}
    </Anchor>
  );
}

/** The page before its document has come, of the size it will have. */
export function DocumentWaiting(): ReactNode {
  const { t } = useTranslation("entrance");
  return (
    <Stack gap="md" role="status" aria-label={t("waiting")}>
      <Skeleton height={20} width={140} />
      <Skeleton height={72} />
      <div className={classes.columns}>
        <Skeleton height={420} />
        <Skeleton height={420} />
      </div>
    </Stack>
  );
}

/** What one works at, and beside it what surrounds it; on a phone one below the other. */
export function SideBySide(props: { side: ReactNode; children: ReactNode }): ReactNode {
  return (
    <div className={classes.columns}>
      <div className={classes.body}>{props.children}</div>
      <div className={classes.side}>{props.side}</div>
    </div>
  );
}

/** A titled box of the page. */
export function Sheet(props: { title?: string; children: ReactNode }): ReactNode {
  return (
    <section className={classes.sheet}>
      {props.title !== undefined && <Title order={2}>{props.title}</Title>}
      {props.children}
    </section>
  );
}

/** Names and values, one below the other: parties, terms, dates. */
export function Facts({ facts }: { facts: readonly (readonly [label: string, value: ReactNode])[] }): ReactNode {
  return (
    <dl className={classes.facts}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
