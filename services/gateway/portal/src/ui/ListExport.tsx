/** Files of the list as it is filtered and sorted. */
import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress } from "@/api/client";

export function ListExport(props: {
  path: string;
  filters: Readonly<Record<string, string>>;
  /** Filters of which several values are one name each. */
  several: readonly string[];
  sort: string | undefined;
}): ReactNode {
  const { t } = useTranslation("ui");
  const query: Record<string, string | readonly string[] | undefined> = { ...props.filters, sort: props.sort };
  for (const id of props.several) query[id] = props.filters[id]?.split(",");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />}>
          {t("list.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(["xlsx", "csv"] as const).map((ending) => (
          <Menu.Item key={ending} component="a" href={fileAddress(`${props.path}.${ending}`, query)} download>
            {t(`list.${ending}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
