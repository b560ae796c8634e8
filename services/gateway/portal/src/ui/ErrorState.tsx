import { Alert, Button } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSay } from "@/ui/form";

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
