import { Alert, Anchor, Group, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { Problem } from "@/api/problem";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Around } from "@/suppliers/Around";
import { partnershipQuery } from "@/suppliers/queries";
import { PortalBadge } from "@/suppliers/SuppliersPage";
import { BackLink, DocumentWaiting, Facts, Sheet, SideBySide } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { Money, useFormats } from "@/ui/numbers";

/** One customer as its supplier deals with it: what was agreed, whom to ask, what is due. */
export function CustomerPage(): ReactNode {
  const { t } = useTranslation("customers");
  const { partnershipId = "" } = useParams();
  const { day } = useFormats();
  const found = useQuery(partnershipQuery(partnershipId));
  usePageTitle(found.data?.customer.name ?? t("title"));
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
    return <DocumentWaiting />;
  }
  const partnership = found.data;
  const contact = partnership.customer_contact;
  return (
    <div>
      <BackLink to="/customers">{t("title")}</BackLink>
      <Group gap="sm">
        <Title order={1}>{partnership.customer.name}</Title>
        <PortalBadge enabled={partnership.enabled} />
      </Group>
      <p style={{ margin: "4px 0 20px", color: "var(--mantine-color-dimmed)" }}>
        {t("since", { day: day(partnership.since) })}
      </p>
      {!partnership.enabled && (
        <Alert variant="light" color="red" mb="md" icon={<IconPlugConnectedX size={20} />} title={t("off.title")}>
          {t("off.text", { name: partnership.customer.name })}
        </Alert>
      )}
      <SideBySide side={<Around partnerId={partnership.customer.id} enabled={partnership.enabled} />}>
        <Sheet title={t("terms.title")}>
          <div style={{ marginTop: 12 }}>
            <Facts
              facts={[
                [t("columns.currency"), partnership.currency],
                [
                  t("columns.minimum"),
                  Number(partnership.minimum_order) === 0 ? (
                    t("terms.noMinimum")
                  ) : (
                    <Money key="minimum" amount={partnership.minimum_order} currency={partnership.currency} />
                  ),
                ],
                [t("columns.lead"), t("terms.lead", { days: t("days", { count: partnership.lead_time_days }) })],
                [t("columns.payment"), t("terms.payment", { days: t("days", { count: partnership.payment_days }) })],
              ]}
            />
          </div>
        </Sheet>
        <Sheet title={t("responsible.title")}>
          <div style={{ marginTop: 12 }}>
            {contact === null ? (
              t("responsible.nobody", { name: partnership.customer.name })
            ) : (
              <Facts
                facts={[
                  [t("responsible.name"), contact.name],
                  ...(contact.email
                    ? ([[t("responsible.email"), <Anchor key="email" href={`mailto:${contact.email}`}>{contact.email}</Anchor>]] as const)
                    : []),
                  ...(contact.phone
                    ? ([[t("responsible.phone"), <Anchor key="phone" href={`tel:${contact.phone.replace(/[^+\d]/g, "")}`}>{contact.phone}</Anchor>]] as const)
                    : []),
                ]}
              />
            )}
          </div>
        </Sheet>
      </SideBySide>
    </div>
  );
}
