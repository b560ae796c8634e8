import { Menu, Text, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must } from "@/api/client";
import { forgetPerson, hold, useMe } from "@/api/session";
import { isLanguage, LANGUAGES, speak } from "@/i18n";
import { rooms } from "@/rooms";
import { Face } from "@/shell/Face";

const SCHEMES = [
  ["light", IconSun],
  ["dark", IconMoon],
  ["auto", IconDeviceDesktop],
] as const;

/** The person: how the portal looks and speaks to them, and the way out. */
export function PersonMenu(): ReactNode {
  const { t, i18n } = useTranslation("shell");
  const me = useMe();
  const queries = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({
    mutationFn: () => must(api.DELETE("/sessions/current")),
    onSettled: () => {
      forgetPerson();
      hold(queries, null);
    },
  });
  const hasAccount = rooms.some((room) => room.routes?.some((route) => route.path === "account"));
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Face />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text span fw={600} size="sm" c="var(--mantine-color-text)">
            {me.session.user.name}
          </Text>
        </Menu.Label>
        {hasAccount && (
          <Menu.Item component={Link} to="/account">
            {t("person.account")}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Label>{t("person.scheme")}</Menu.Label>
        {SCHEMES.map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} stroke={1.6} />}
            rightSection={colorScheme === scheme ? <IconCheck size={16} aria-label={t("chosen")} /> : null}
            onClick={() => setColorScheme(scheme)}
            closeMenuOnClick={false}
          >
            {t(`person.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t("person.language")}</Menu.Label>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item
            key={language}
            lang={language}
            rightSection={i18n.language === language ? <IconCheck size={16} aria-label={t("chosen")} /> : null}
            onClick={() => {
              if (isLanguage(language)) void speak(language);
            }}
            closeMenuOnClick={false}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} />} onClick={() => signOut.mutate()}>
          {t("person.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
