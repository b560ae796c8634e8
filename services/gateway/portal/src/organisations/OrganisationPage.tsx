import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Problem } from "@/api/problem";
import { EmailsPart } from "@/organisation/EmailsPart";
import { ProfilePart } from "@/organisation/ProfilePart";
import { organisationQuery, type Organisation } from "@/organisation/queries";
import { UsersPart } from "@/organisation/UsersPart";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { BackLink, DocumentWaiting } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { useFormats } from "@/ui/numbers";
import { PageTabs } from "@/ui/PageTabs";

const PARTS = {
  users: UsersPart,
  profile: ProfilePart,
  notifications: EmailsPart,
} satisfies Record<string, (props: { organisation: Organisation }) => ReactNode>;

type Part = keyof typeof PARTS;

/** One organisation as the operator helps it: its people first, for that is what is asked most. */
export function OrganisationPage(): ReactNode {
  const { t } = useTranslation("organisations");
  const { t: shell } = useTranslation("shell");
  const { organisationId = "", part = "users" } = useParams();
  const { moment } = useFormats();
  const found = useQuery(organisationQuery(organisationId));
  usePageTitle(found.data?.name ?? t("title"));
  if (!(part in PARTS)) return <NotFoundPage />;
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
    return <DocumentWaiting />;
  }
  const organisation = found.data;
  const Shown = PARTS[part as Part];
  const at = `/organisations/${organisation.id}`;
  return (
    <div>
      <BackLink to="/organisations">{t("title")}</BackLink>
      <Title order={1}>{organisation.name}</Title>
      <p style={{ margin: "4px 0 8px", color: "var(--mantine-color-dimmed)" }}>
        {shell(`kinds.${organisation.kind}`)} · {t("registered", { at: moment(organisation.registered_at) })}
      </p>
      <PageTabs
        label={organisation.name}
        tabs={(Object.keys(PARTS) as Part[]).map((one) => ({
          to: one === "users" ? at : `${at}/${one}`,
          label: t(`parts.${one}`),
        }))}
      />
      <Shown key={organisation.id} organisation={organisation} />
    </div>
  );
}
