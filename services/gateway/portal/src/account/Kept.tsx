import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** Takes a text along; says when that has worked. Where the browser forbids it, the text can still be marked. */
export function CopyText({ text }: { text: string }): ReactNode {
  const { t } = useTranslation("account");
  const clipboard = useClipboard({ timeout: 3000 });
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} stroke={1.6} />}
      onClick={() => clipboard.copy(text)}
    >
      {t(clipboard.error ? "copy.failed" : clipboard.copied ? "copy.done" : "copy.button")}
    </Button>
  );
}
