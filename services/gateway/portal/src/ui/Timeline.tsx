import { Anchor, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Moment } from "@/ui/numbers";
import classes from "@/ui/Timeline.module.css";

export interface Happening {
  id: string;
  at: string;
  /** What, as a sentence. */
  what: ReactNode;
  /** Who; null for the system. */
  who: string | null;
  /** What it changed, shown on demand. */
  detail?: ReactNode;
}

/** Who did what, and when; the newest first. */
export function Timeline({ happenings }: { happenings: readonly Happening[] }): ReactNode {
  const { t } = useTranslation("ui");
  if (happenings.length === 0) return <Text c="dimmed">{t("timeline.empty")}</Text>;
  const ordered = [...happenings].sort((one, other) => other.at.localeCompare(one.at));
  return (
    <ol className={classes.timeline}>
      {ordered.map((one) => (
        <Entry key={one.id} happening={one} />
      ))}
    </ol>
  );
}

function Entry({ happening }: { happening: Happening }): ReactNode {
  const { t } = useTranslation("ui");
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div>{happening.what}</div>
      <Text size="xs" c="dimmed">
        {happening.who ?? t("timeline.system")} · <Moment at={happening.at} />
        {happening.detail !== undefined && (
          <>
            {" · "}
            <Anchor component="button" type="button" size="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t("document.more")}
            </Anchor>
          </>
        )}
      </Text>
      {open && <div className={classes.detail}>{happening.detail}</div>}
    </li>
  );
}
