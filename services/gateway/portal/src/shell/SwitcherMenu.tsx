import { Menu, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useMe } from "@/api/session";
import { SwitcherButton } from "@/shell/OrganisationSwitcher";

export function SwitcherMenu(): ReactNode {
  const { t } = useTranslation("shell");
  const me = useMe();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <SwitcherButton />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label aria-hidden="true">{t("switch.title")}</Menu.Label>
        {me.session.standings.map((one) => (
          <Menu.Item
            key={one.organisation.id}
            onClick={() => {
              void me.actFor(one.organisation.id);
              void navigate("/");
            }}
            rightSection={one === me.standing ? <IconCheck size={16} aria-label={t("chosen")} /> : null}
          >
            {one.organisation.name}
            <Text size="xs" c="dimmed">
              {t(`kinds.${one.kind}`)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
