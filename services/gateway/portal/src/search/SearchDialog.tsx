import { Loader, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { IconAlertTriangle, IconFileInvoice, IconHome, IconSearch, IconShoppingCart, IconUser } from "@tabler/icons-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { rooms } from "@/rooms";
import { entriesOf } from "@/menu";
import classes from "@/search/Search.module.css";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { Day, Money } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

interface Choice {
  id: string;
  to: string;
  content: ReactNode;
}

/** One field for everything: what is typed finds documents of all services, and pages of the menu. */
export function SearchDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation("search");
  const navigate = useNavigate();
  const say = useSay();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [text] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: ["search", text],
    queryFn: ({ signal }) => must(api.GET("/search", { params: { query: { text } }, signal })),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    retry: false,
  });
  const pages = usePages(typed.trim());
  const hits = text === "" || typed.trim() === "" ? [] : (found.data?.items ?? []);
  const documents = hits.map((hit) => ({ id: `${hit.kind}-${hit.id}`, to: `/${hit.kind}s/${hit.id}`, content: <Found hit={hit} /> }));
  const choices: Choice[] = [...documents, ...pages];
  const chosen = Math.min(at, choices.length - 1);
  const away = text === "" ? [] : (found.data?.missing ?? []);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const open = (choice: Choice | undefined): void => {
    if (choice === undefined) return;
    onClose();
    void navigate(choice.to);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && choices.length > 0) setAt((chosen + step + choices.length) % choices.length);
    else if (event.key === "Enter") open(choices[chosen]);
    else return;
    event.preventDefault();
  };
  const option = (choice: Choice, place: number): ReactNode => (
    // The keyboard is the field's: the focus stays there, and this is only what it points at.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      key={choice.id}
      id={`${id}-${choice.id}`}
      role="option"
      aria-selected={place === chosen}
      className={classes.option}
      onClick={() => open(choice)}
      onMouseMove={() => setAt(place)}
    >
      {choice.content}
    </div>
  );
  const searching = found.isFetching || text !== typed.trim();

  return (
    <Modal.Root opened onClose={onClose} size={640} yOffset="10dvh" centered={false}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("title")}>
        <TextInput
          data-autofocus
          size="lg"
          variant="unstyled"
          className={classes.field}
          aria-label={t("label")}
          placeholder={t("hint")}
          leftSection={<IconSearch size={20} stroke={1.6} />}
          rightSection={searching && typed.trim() !== "" ? <Loader size="xs" /> : null}
          maxLength={100}
          role="combobox"
          aria-expanded={choices.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={choices[chosen] ? `${id}-${choices[chosen].id}` : undefined}
          aria-autocomplete="list"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        {(away.length > 0 || found.isError) && (
          <div className={classes.away}>
            {found.isError && text !== "" && <Refusal>{say(found.error)}</Refusal>}
            {away.map((service) => (
              <div key={service} role="alert" className={classes.missing}>
                <IconAlertTriangle size={18} stroke={1.6} aria-hidden="true" />
                {t(`away.${service}`)}
              </div>
            ))}
          </div>
        )}
        <div className={classes.results} ref={list}>
          <div id={`${id}-list`} role="listbox" aria-label={t("title")} tabIndex={0} className={classes.list}>
            {documents.length > 0 && (
              <div role="group" aria-label={t("documents")}>
                <div className={classes.group} aria-hidden="true">
                  {t("documents")}
                </div>
                {documents.map((choice, place) => option(choice, place))}
              </div>
            )}
            {pages.length > 0 && (
              <div role="group" aria-label={t("pages")}>
                <div className={classes.group} aria-hidden="true">
                  {t("pages")}
                </div>
                {pages.map((choice, place) => option(choice, documents.length + place))}
              </div>
            )}
          </div>
          {choices.length === 0 && !searching && (
            <div className={classes.nothing}>
              <Text fw={600}>{t("nothing")}</Text>
              <Text c="dimmed">{t("nothingText")}</Text>
            </div>
          )}
        </div>
        <div className={classes.foot}>
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t("keys")}
          </Text>
          <Text size="xs" c="dimmed" role="status">
            {searching ? "" : t("results", { count: choices.length })}
          </Text>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

function usePages(typed: string): Choice[] {
  const { t } = useTranslation("shell");
  const me = useMe();
  const entries = [
    { label: "menu.home", to: "/", icon: IconHome, place: 0 },
    ...entriesOf(me),
    ...(rooms.some((room) => room.routes?.some((route) => route.path === "account"))
      ? [{ label: "person.account", to: "/account", icon: IconUser, place: 1000 }]
      : []),
  ].sort((one, other) => one.place - other.place);
  const wanted = typed.toLocaleLowerCase();
  return entries
    .filter((entry) => t(entry.label).toLocaleLowerCase().includes(wanted))
    .map((entry) => ({
      id: `page${entry.to.replaceAll("/", "-")}`,
      to: entry.to,
      content: (
        <>
          <entry.icon size={20} stroke={1.6} />
          <span className={classes.name}>{t(entry.label)}</span>
        </>
      ),
    }));
}

function Found({ hit }: { hit: Schemas["Hit"] }): ReactNode {
  const { t } = useTranslation("search");
  const Icon = hit.kind === "order" ? IconShoppingCart : IconFileInvoice;
  return (
    <>
      <Icon size={20} stroke={1.6} />
      <span className={classes.name}>
        <Text span fw={600}>
          {hit.number === null ? t("unnumbered") : `${t(`kind.${hit.kind}`)} ${hit.number}`}
        </Text>
        <Text span size="xs" c="dimmed">
          {hit.partner.name} · <Day day={hit.day} />
          {hit.found_by === "item" ? ` · ${t("found", { by: t("by.item") })}` : ""}
        </Text>
      </span>
      <span className={classes.right}>
        <StatusBadge kind={hit.kind} status={hit.status} />
        <Text span size="xs">
          <Money amount={hit.gross} currency={hit.currency} />
        </Text>
      </span>
    </>
  );
}
