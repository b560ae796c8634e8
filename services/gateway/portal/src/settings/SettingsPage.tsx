import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useMe, type Kind } from "@/api/session";
import { ContactFacts } from "@/organisation/ContactCard";
import { EmailsPart } from "@/organisation/EmailsPart";
import { FailedPart } from "@/organisation/FailedPart";
import { ProfilePart } from "@/organisation/ProfilePart";
import { operatorCardQuery, organisationQuery, type Organisation } from "@/organisation/queries";
import { UsersPart } from "@/organisation/UsersPart";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Tolerances } from "@/tolerances/Tolerances";
import { Absences } from "@/waiting/Absences";
import { WaitingRules } from "@/waiting/WaitingRules";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { PageTabs } from "@/ui/PageTabs";

const PARTS = {
  profile: ProfilePart,
  notifications: EmailsPart,
  users: UsersPart,
  tolerances: () => <Tolerances supplier={null} />,
  absence: () => <Absences />,
  waiting: WaitingRules,
  undelivered: () => <FailedPart />,
} satisfies Record<string, (props: { organisation: Organisation }) => ReactNode>;

type Part = keyof typeof PARTS;

/** Tolerances are the customer's; what could not be delivered the operator is told under Operations, for all. */
function partsOf(kind: Kind | undefined): readonly string[] {
  const common = ["profile", "notifications", "users"];
  if (kind === "customer") return [...common, "tolerances", "absence", "waiting", "undelivered"];
  return kind === "supplier" ? [...common, "undelivered"] : common;
}

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
  if (!partsOf(me.kind).includes(part)) return <NotFoundPage />;
  const Shown = PARTS[part as Part];
  const parts = (Object.keys(PARTS) as Part[]).filter((one) => partsOf(me.kind).includes(one));
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
        <>
          <Shown key={id} organisation={organisation.data} />
          {part === "profile" && me.kind !== "operator" && <OperatorContact />}
        </>
      ) : organisation.isError ? (
        <ErrorState error={organisation.error} again={() => void organisation.refetch()} />
      ) : (
        <Coming height={420} />
      )}
    </Stack>
  );
}

/** Whom to call when the portal itself is the question (S-155). */
function OperatorContact(): ReactNode {
  const { t } = useTranslation("settings");
  const card = useQuery(operatorCardQuery);
  if (card.data === undefined) return null;
  return (
    <div style={{ marginTop: 16 }}>
      <Sheet title={t("operator", { name: card.data.name })}>
        <div style={{ marginTop: 12 }}>
          <ContactFacts card={card.data} />
        </div>
      </Sheet>
    </div>
  );
}
