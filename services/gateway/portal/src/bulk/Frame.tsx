import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageTabs } from "@/ui/PageTabs";

/** The two ways to many invoices: chosen here, or written in a table. */
export function Frame({ text, children }: { text: string; children: ReactNode }): ReactNode {
  const { t } = useTranslation("bulk");
  return (
    <Stack gap="md">
      <div>
        <Title order={1}>{t("title")}</Title>
        <Text c="dimmed" maw={680}>
          {text}
        </Text>
      </div>
      <PageTabs
        label={t("ways")}
        tabs={[
          { to: "/invoices/bulk", label: t("byChoice") },
          { to: "/invoices/bulk/file", label: t("byFile") },
        ]}
      />
      {children}
    </Stack>
  );
}
