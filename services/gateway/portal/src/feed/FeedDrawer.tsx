import { Button, Drawer, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import classes from "@/feed/Feed.module.css";
import { feedQuery, type FeedItem } from "@/feed/queries";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";
import "@mantine/core/styles/Drawer.css";

const FEED = [["feed"]];

/** What has happened and concerns me, the newest first; each item opens its document. */
export function FeedDrawer({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation("feed");
  const say = useSay();
  const feed = useInfiniteQuery(feedQuery);
  const items = feed.data?.pages.flatMap((page) => page.items) ?? [];
  const newest = items[0];
  const readAll = useChange({
    // Up to the newest one seen: what arrives meanwhile stays unread.
    send: (upTo: string, header) => must(api.POST("/feed/read-all", { params: { header }, body: { up_to: upTo } })),
    invalidates: () => FEED,
  });
  const read = useChange({
    send: (id: string, header) =>
      must(api.POST("/feed/{item_id}/read", { params: { path: { item_id: id }, header } })),
    invalidates: () => FEED,
  });
  const anyUnread = items.some((item) => item.read_at === null);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={420}
      padding={0}
      title={t("title")}
      styles={{ header: { padding: "12px 16px" }, title: { fontSize: 18, fontWeight: 650 } }}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <Stack gap={0}>
        {anyUnread && newest !== undefined && (
          <Group justify="flex-end" px="md" pb="xs">
            <Button size="compact-sm" variant="subtle" loading={readAll.isPending} onClick={() => readAll.mutate(newest.at)}>
              {t("readAll")}
            </Button>
          </Group>
        )}
        <Refusal>{readAll.isError ? say(readAll.error) : null}</Refusal>
        {feed.isError && items.length === 0 && <ErrorState error={feed.error} again={() => void feed.refetch()} />}
        {feed.isPending && (
          <Stack gap="sm" p="md" role="status" aria-label={t("reading")}>
            {[1, 2, 3, 4].map((row) => (
              <Skeleton key={row} height={40} radius={4} />
            ))}
          </Stack>
        )}
        {feed.isSuccess && items.length === 0 && <EmptyState title={t("empty")} text={t("emptyText")} />}
        <ul className={classes.items}>
          {items.map((item) => (
            <Item
              key={item.id}
              item={item}
              onOpen={() => {
                if (item.read_at === null) read.mutate(item.id);
                if (item.document !== null) onClose();
              }}
            />
          ))}
        </ul>
        {feed.hasNextPage && (
          <Button variant="subtle" m="md" loading={feed.isFetchingNextPage} onClick={() => void feed.fetchNextPage()}>
            {t("more")}
          </Button>
        )}
      </Stack>
    </Drawer>
  );
}

function Item({ item, onOpen }: { item: FeedItem; onOpen: () => void }): ReactNode {
  const { t } = useTranslation("feed");
  const unread = item.read_at === null;
  const inner = (
    <>
      <span className={classes.dot} data-unread={unread || undefined} />
      <span className={classes.said}>
        <Text span fw={unread ? 600 : 400}>
          <Sentence item={item} />
          {unread && <span className={classes.hidden}> ({t("unread")})</span>}
        </Text>
        <Text span size="xs" c="dimmed">
          {[item.partner?.name, item.actor?.name].filter(Boolean).map((name) => `${name ?? ""} · `)}
          <Moment at={item.at} />
        </Text>
      </span>
    </>
  );
  return (
    <li>
      {item.document === null ? (
        <button type="button" className={classes.item} onClick={onOpen}>
          {inner}
        </button>
      ) : (
        <Link to={`/${item.document.kind}s/${item.document.id}`} className={classes.item} onClick={onOpen}>
          {inner}
        </Link>
      )}
    </li>
  );
}

/** Made here from the event and its document, so that it is in the person's language. */
function Sentence({ item }: { item: FeedItem }): string {
  const { t } = useTranslation("feed");
  const number = item.document?.number ?? t("draft");
  // An invoice that agrees with its order is approved by nobody.
  const event = item.event === "invoice-approved" && item.actor === null ? "invoice-approved-by-itself" : item.event;
  const key = item.document === null ? event : `${item.document.kind}.${event}`;
  return t(`events.${key}`, { number, defaultValue: item.title });
}
