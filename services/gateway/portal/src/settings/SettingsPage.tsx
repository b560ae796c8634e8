import { Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useMe } from "@/api/session";
import { EmailsPart } from "@/organisation/EmailsPart";
import { FailedPart } from "@/organisation/FailedPart";
import { ProfilePart } from "@/organisation/ProfilePart";
import { organisationQuery, type Organisation } from "@/organisation/queries";
import { UsersPart } from "@/organisation/UsersPart";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { ErrorState } from "@/ui/ErrorState";
import { PageTabs } from "@/ui/PageTabs";

const PARTS = {
  profile: ProfilePart,
  notifications: EmailsPart,
  users: UsersPart,
  undelivered: () => <FailedPart />,
} satisfies Record<string, (props: { organisation: Organisation }) => ReactNode>;

type Part = keyof typeof PARTS;

/** One's own organisation: a supplier's Supplier Settings (S-006 … S-009), a customer's and the operator's settings. */
export function SettingsPage(): ReactNode {
  const { t } = useTranslation("settings");
  const { t: shell } = useTranslation("shell");
  const me = useMe();
  const { part = "profile" } = useParams();
  const title = shell(me.kind === "supplier" ? "menu.supplierSettings" : "menu.settings");
  const id = me.standing?.organisation.id ?? "";
  const organisation = useQuery(organisationQuery(id));
  usePageTitle(title);
  if (!(part in PARTS)) return <NotFoundPage />;
  const Shown = PARTS[part as Part];
  // What could not be delivered is told to the two sides here, to the operator under Operations.
  const parts = (Object.keys(PARTS) as Part[]).filter((one) => one !== "undelivered" || me.kind !== "operator");
  return (
    <Stack gap={0}>
      <Title order={1}>{title}</Title>
      <Text c="dimmed" mb="xs">
        {me.standing?.organisation.name}
      </Text>
      <PageTabs
        label={title}
        tabs={parts.map((one) => ({ to: one === "profile" ? "/settings" : `/settings/${one}`, label: t(`parts.${one}`) }))}
      />
      {organisation.data !== undefined ? (
        <Shown key={id} organisation={organisation.data} />
      ) : organisation.isError ? (
        <ErrorState error={organisation.error} again={() => void organisation.refetch()} />
      ) : (
        <Skeleton height={420} role="status" aria-label={shell("waiting")} />
      )}
    </Stack>
  );
}
