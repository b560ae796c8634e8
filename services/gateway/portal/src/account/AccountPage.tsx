/** My account: who I am, how I sign in and from where, what programs may act for me. */
import { Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ApiKeysPart } from "@/account/ApiKeysPart";
import { EmailPart, ProfilePart } from "@/account/ProfilePart";
import { LookPart } from "@/account/LookPart";
import { PasswordPart } from "@/account/PasswordPart";
import { SecondFactorPart } from "@/account/SecondFactorPart";
import { SessionsPart } from "@/account/SessionsPart";
import { useMe } from "@/api/session";
import { usePageTitle } from "@/shell/usePageTitle";

export function AccountPage(): ReactNode {
  const { t } = useTranslation("account");
  const me = useMe();
  usePageTitle(t("title"));
  return (
    <Stack gap="lg" maw={800}>
      <Title order={1}>{t("title")}</Title>
      <ProfilePart />
      <EmailPart />
      <PasswordPart />
      <SecondFactorPart />
      <SessionsPart />
      <LookPart />
      {me.standing !== undefined && <ApiKeysPart standing={me.standing} />}
    </Stack>
  );
}
