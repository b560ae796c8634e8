import { Button, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { usePageTitle } from "@/shell/usePageTitle";

/** Under this address there is nothing, or nothing for the one who asks. */
export function NotFoundPage(): ReactNode {
  const { t } = useTranslation("shell");
  usePageTitle(t("notFound.title"));
  return (
    <Stack maw={460} gap="sm" align="flex-start" py={48}>
      <Title order={1}>{t("notFound.title")}</Title>
      <Text c="dimmed" size="md">
        {t("notFound.text")}
      </Text>
      <Button component={Link} to="/">
        {t("notFound.home")}
      </Button>
    </Stack>
  );
}
