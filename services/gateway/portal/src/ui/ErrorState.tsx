import { Alert, Button, Group } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSay, type Followed } from "@/ui/form";

/** What went wrong, and what to do about it. */
export function ErrorState({ error, again }: { error: unknown; again?: () => void }): ReactNode {
  const { t } = useTranslation("ui");
  const say = useSay();
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle size={20} />} title={t("problem.title")} my="md">
      <p style={{ margin: "0 0 12px" }}>{say(error)}</p>
      {again && (
        <Button size="xs" variant="default" onClick={again}>
          {t("problem.again")}
        </Button>
      )}
    </Alert>
  );
}

/** A refusal above the button that was pressed; read aloud when it appears. */
export function Refusal({ children }: { children: string | null }): ReactNode {
  return (
    <div role="alert">
      {children !== null && (
        // The place around it is the one that is read aloud.
        <Alert role="none" color="red" variant="light" icon={<IconAlertCircle size={20} />}>
          {children}
        </Alert>
      )}
    </div>
  );
}

/** Somebody was quicker while this person typed; nothing is lost, and this person decides. */
export function Overtaken({ followed }: { followed: Omit<Followed, "sequence"> }): ReactNode {
  const { t } = useTranslation("ui");
  return (
    <div role="alert">
      {followed.overtaken && (
        <Alert
          role="none"
          color="yellow"
          variant="light"
          icon={<IconAlertCircle size={20} />}
          title={t("overtaken.title")}
          // Yellow is no colour to read.
          styles={{ title: { color: "var(--mantine-color-text)" } }}
        >
          <p style={{ margin: "0 0 12px" }}>{t("overtaken.text")}</p>
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={followed.takeTheirs}>
              {t("overtaken.theirs")}
            </Button>
            <Button size="xs" variant="default" onClick={followed.keepMine}>
              {t("overtaken.mine")}
            </Button>
          </Group>
        </Alert>
      )}
    </div>
  );
}
