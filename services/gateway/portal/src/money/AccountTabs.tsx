import { Anchor, Button, Group, Menu, Stack, Title } from "@mantine/core";
import { IconArrowLeft, IconDownload } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { fileAddress } from "@/api/client";
import classes from "@/invoices/InvoiceEditor.module.css";
import { usePageTitle } from "@/shell/usePageTitle";
import { PageTabs } from "@/ui/PageTabs";

/** The pages of one partner's account: what is open, by orders, the statement. */
export function AccountTabs({ partner }: { partner: string }): ReactNode {
  const { t } = useTranslation("money");
  return (
    <PageTabs
      label={t("accounts.parts")}
      tabs={[
        { to: `/balances/${partner}`, label: t("accounts.open") },
        { to: `/balances/${partner}/orders`, label: t("accounts.byOrder") },
        { to: `/balances/${partner}/statement`, label: t("accounts.statement") },
        { to: `/balances/${partner}/compare`, label: t("accounts.compare") },
        { to: `/reconciliations?partner_id=${partner}`, label: t("accounts.reconciliations") },
      ]}
    />
  );
}

/** A report about accounts: where it leads back to, its title, and the files it can be had as. */
export function Report(props: {
  title: string;
  back?: { to: string; label: string };
  /** Path of its files without ending, and what is asked with it. */
  files: string;
  asked?: Record<string, string>;
  children: ReactNode;
}): ReactNode {
  const { t } = useTranslation("ui");
  usePageTitle(props.title);
  return (
    <Stack gap="md">
      {props.back && (
        <Anchor component={Link} to={props.back.to} size="sm" className={classes.back}>
          <IconArrowLeft size={16} stroke={1.6} />
          {props.back.label}
        </Anchor>
      )}
      <Group justify="space-between">
        <Title order={1}>{props.title}</Title>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconDownload size={16} stroke={1.6} />}>
              {t("document.downloads")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(["pdf", "xlsx"] as const).map((ending) => (
              <Menu.Item key={ending} component="a" href={fileAddress(`${props.files}/document.${ending}`, props.asked)} download>
                {t(`document.${ending}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {props.children}
    </Stack>
  );
}
