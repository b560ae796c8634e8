/** What may stand in place of any page: it is on its way, it broke, nobody answers. */
import { Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useRouteError } from "react-router";
import { usePageTitle } from "@/shell/usePageTitle";

export function Waiting(): ReactNode {
  const { t } = useTranslation("entrance");
  return (
    <Center mih="60vh" role="status" aria-label={t("waiting")}>
      <Loader size="sm" className="late" />
    </Center>
  );
}

function Message(props: { title: string; text: string; children?: ReactNode }): ReactNode {
  usePageTitle(props.title);
  return (
    <Center mih="60vh" p="md" component="main">
      <Stack maw={460} gap="sm" align="flex-start">
        <Title order={1}>{props.title}</Title>
        <Text c="dimmed" size="md">
          {props.text}
        </Text>
        {props.children}
      </Stack>
    </Center>
  );
}

export function BrokenPage(): ReactNode {
  const { t } = useTranslation("entrance");
  const error = useRouteError();
  // A new version was installed while this tab was open: its parts have other names now.
  const outdated = error instanceof TypeError && /import|module|fetch/i.test(error.message);
  return (
    <Message title={t(outdated ? "outdated.title" : "broken.title")} text={t(outdated ? "outdated.text" : "broken.text")}>
      <Button onClick={() => window.location.reload()}>{t("broken.reload")}</Button>
    </Message>
  );
}

export function Unreachable({ again }: { again: () => void }): ReactNode {
  const { t } = useTranslation("entrance");
  return (
    <Message title={t("unreachable.title")} text={t("unreachable.text")}>
      <Button onClick={again}>{t("unreachable.again")}</Button>
    </Message>
  );
}
