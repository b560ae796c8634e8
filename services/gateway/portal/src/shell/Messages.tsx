import { MantineThemeProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";

/** Where short messages appear: what was saved, what is on its way. */
export function Messages(): ReactNode {
  const { t } = useTranslation("shell");
  const close = t("close");
  const theme = useMemo(
    () => ({ components: { Notification: { defaultProps: { closeButtonProps: { "aria-label": close } } } } }),
    [close],
  );
  return (
    <MantineThemeProvider theme={theme}>
      <Notifications position="bottom-right" limit={3} />
    </MantineThemeProvider>
  );
}
