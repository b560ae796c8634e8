import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import "@mantine/core/styles/Notification.css";
import "@mantine/notifications/styles.css";

/** Where short messages appear: what was saved, what is on its way. */
export function Messages(): ReactNode {
  return <Notifications position="bottom-right" limit={3} />;
}
