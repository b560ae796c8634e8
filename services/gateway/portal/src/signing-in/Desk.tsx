/** The page around every form for people who are not signed in. */
import { Group, NativeSelect, Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isLanguage, LANGUAGES, speak } from "@/i18n";
import { usePageTitle } from "@/shell/usePageTitle";
import classes from "@/signing-in/Desk.module.css";

export function Desk(props: { title: string; text?: string; children?: ReactNode }): ReactNode {
  const { t, i18n } = useTranslation("signing-in");
  usePageTitle(props.title);
  return (
    <main className={classes.desk}>
      <div className={classes.inner}>
        <Group gap={10} mb="lg" className={classes.mark}>
          <img src="/mark.svg" alt="" width={32} height={32} />
          <span>Counterpart</span>
        </Group>
        <Paper p={{ base: "md", xs: "xl" }} radius={8}>
          <Stack gap="md">
            <div>
              <Title order={1}>{props.title}</Title>
              {props.text !== undefined && (
                <Text c="dimmed" size="md" mt={4}>
                  {props.text}
                </Text>
              )}
            </div>
            {props.children}
          </Stack>
        </Paper>
        <Group justify="flex-end" mt="md">
          <NativeSelect
            size="xs"
            variant="unstyled"
            aria-label={t("language")}
            value={i18n.language}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              if (isLanguage(chosen)) void speak(chosen);
            }}
          />
        </Group>
      </div>
    </main>
  );
}
