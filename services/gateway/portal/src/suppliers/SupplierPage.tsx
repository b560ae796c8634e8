import { Button, Group, Stack, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { WhoCould } from "@/organisation/WhoCould";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { Around } from "@/suppliers/Around";
import { PortalSwitch } from "@/suppliers/PortalSwitch";
import { partnershipQuery, type Partnership } from "@/suppliers/queries";
import { PortalBadge } from "@/suppliers/SuppliersPage";
import { notNumbers, termsOf, termsToTell } from "@/suppliers/terms";
import { TermsFields } from "@/suppliers/TermsFields";
import { MatchingPart } from "@/tolerances/MatchingPart";
import { BackLink, DocumentWaiting, Sheet, SideBySide } from "@/ui/DocumentPage";
import { ErrorState, Overtaken, Refusal } from "@/ui/ErrorState";
import { settle, showFaults, useFollowing, useLeaveWarning, useSay } from "@/ui/form";
import { PageTabs } from "@/ui/PageTabs";
import { useFormats } from "@/ui/numbers";

/** One supplier as its customer deals with it: terms, the portal's switch, how its invoices are matched. */
export function SupplierPage(): ReactNode {
  const { t } = useTranslation("suppliers");
  const { partnershipId = "", part = "terms" } = useParams();
  const found = useQuery(partnershipQuery(partnershipId));
  const { day } = useFormats();
  usePageTitle(found.data?.supplier.name ?? t("title"));
  if (part !== "terms" && part !== "matching") return <NotFoundPage />;
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
    return <DocumentWaiting />;
  }
  const partnership = found.data;
  const at = `/suppliers/${partnership.id}`;
  return (
    <div>
      <BackLink to="/suppliers">{t("title")}</BackLink>
      <Group gap="sm">
        <Title order={1}>{partnership.supplier.name}</Title>
        <PortalBadge enabled={partnership.enabled} />
      </Group>
      <p style={{ margin: "4px 0 8px", color: "var(--mantine-color-dimmed)" }}>
        {t("since", { day: day(partnership.since) })}
      </p>
      <PageTabs
        label={partnership.supplier.name}
        tabs={[
          { to: at, label: t("parts.terms") },
          { to: `${at}/matching`, label: t("parts.matching") },
        ]}
      />
      {part === "terms" ? (
        <SideBySide side={<Around partnerId={partnership.supplier.id} enabled={partnership.enabled} />}>
          <TermsPart partnership={partnership} />
        </SideBySide>
      ) : (
        <MatchingPart partnership={partnership} />
      )}
    </div>
  );
}

function TermsPart({ partnership }: { partnership: Partnership }): ReactNode {
  const { t } = useTranslation("suppliers");
  const me = useMe();
  const say = useSay();
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const may = me.can("supplier-manager", "buyer-admin");
  const form = useForm({
    initialValues: termsOf(partnership),
    validate: (values) => Object.fromEntries(notNumbers(values).map((field) => [field, t("terms.noNumber")])),
  });
  const followed = useFollowing(form, partnership, termsOf);
  useLeaveWarning(form.isDirty());
  const key = partnershipQuery(partnership.id).queryKey;
  const save = useChange({
    send: async ({ values, sequence }: { values: typeof form.values; sequence: number }, header) => {
      const saved = await must(
        api.PUT("/partnerships/{partnership_id}/terms", {
          params: { path: { partnership_id: partnership.id }, header: { ...header, "If-Match": etag({ sequence }) } },
          body: { terms: termsToTell(values) },
        }),
      );
      settle(form, termsOf(saved));
      queries.setQueryData(key, saved);
      return saved;
    },
    invalidates: () => [["partnerships", "list"], ["matching"]],
    onDone: () => notifications.show({ message: t("terms.saved") }),
  });
  return (
    <>
      {!may && (
        <WhoCould organisationId={partnership.customer.id} whose="supplier-manager" what={t("keepers")} />
      )}
      <Sheet title={t("terms.title")}>
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            setRefusal(null);
            save.mutate(
              { values, sequence: followed.sequence },
              {
                onError: (error) => {
                  setRefusal(showFaults(form, unwrapped(error), say));
                  void queries.invalidateQueries({ queryKey: key });
                },
              },
            );
          })}
        >
          <Stack gap="lg" mt="sm">
            <TermsFields input={(path) => form.getInputProps(path)} readOnly={!may} />
            <div>
              <Overtaken followed={followed} />
              <Refusal>{refusal}</Refusal>
            </div>
            {may && (
              <Group gap="xs">
                <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                  {t("terms.save")}
                </Button>
                {form.isDirty() && !save.isPending && (
                  <Button variant="subtle" color="gray" onClick={form.reset}>
                    {t("terms.drop")}
                  </Button>
                )}
              </Group>
            )}
          </Stack>
        </form>
      </Sheet>
      <Sheet title={t("portal.title")}>
        <div style={{ marginTop: 12 }}>
          <PortalSwitch partnership={partnership} may={may} />
        </div>
      </Sheet>
    </>
  );
}

/** The API tells faults at `/terms/…`; here the terms are the whole form. */
function unwrapped(error: Error): Error {
  if (!(error instanceof Problem)) return error;
  const faults = error.faults.map((fault) => ({ ...fault, field: fault.field.replace(/^\/?terms\//, "") }));
  return new Problem(error.status, error.code, error.message, faults, error.requestId, error.retryAfter);
}
