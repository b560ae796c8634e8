import { Group, NativeSelect, SegmentedControl, Text, useMantineColorScheme } from "@mantine/core";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Part } from "@/account/Part";
import { isLanguage, LANGUAGES, speak } from "@/i18n";
import "@mantine/core/styles/FloatingIndicator.css";
import "@mantine/core/styles/SegmentedControl.css";

/** How the portal speaks and looks, in this browser. */
export function LookPart(): ReactNode {
  const { t, i18n } = useTranslation("account");
  const { t: shell } = useTranslation("shell");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const id = useId();
  return (
    <Part title={t("look.title")} text={t("look.text")}>
      <Group gap="xl" align="flex-start">
        <NativeSelect
          label={shell("person.language")}
          size="md"
          value={i18n.language}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            if (isLanguage(chosen)) void speak(chosen);
          }}
        />
        <div>
          <Text size="md" fw={500} id={id} mb={4}>
            {shell("person.scheme")}
          </Text>
          <SegmentedControl
            aria-labelledby={id}
            size="md"
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme)}
            data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: shell(`person.${value}`) }))}
          />
        </div>
      </Group>
    </Part>
  );
}
