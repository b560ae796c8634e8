import { ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { IconBell } from "@tabler/icons-react";
import { lazy, Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import classes from "@/feed/Feed.module.css";
import { unreadQuery } from "@/feed/queries";
import type { Slot } from "@/shell/slots";

const FeedDrawer = lazy(async () => ({ default: (await import("@/feed/FeedDrawer")).FeedDrawer }));

/** Above this the number no longer helps. */
const MOST_SHOWN = 99;

/** How much one has not read yet, as it comes in; opens the feed. */
function Bell(): ReactNode {
  const { t } = useTranslation("shell");
  const me = useMe();
  const [opened, { open, close }] = useDisclosure();
  const unread = useQuery({ ...unreadQuery, enabled: me.standing !== undefined }).data?.unread ?? 0;
  if (me.standing === undefined) return null;
  const label = t("feed.label", { count: unread });
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={open}
        title={t("feed.title")}
        aria-label={label}
        aria-haspopup="dialog"
        className={classes.bell}
      >
        <IconBell size={20} stroke={1.6} />
        {unread > 0 && (
          <span className={classes.unread} aria-hidden="true">
            {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
          </span>
        )}
      </ActionIcon>
      {opened && (
        <Suspense fallback={null}>
          <FeedDrawer onClose={close} />
        </Suspense>
      )}
    </>
  );
}

export const slot: Slot = { place: 20, Component: Bell };
