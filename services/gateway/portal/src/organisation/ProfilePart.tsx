import { Button, Group, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { useMe } from "@/api/session";
import { profileOf, profileToTell } from "@/organisation/profile";
import { ProfileFields } from "@/organisation/ProfileFields";
import { ADMINISTRATOR_OF, mayAdminister, organisationQuery, type Organisation } from "@/organisation/queries";
import { WhoCould } from "@/organisation/WhoCould";
import { Sheet } from "@/ui/DocumentPage";
import { Overtaken, Refusal } from "@/ui/ErrorState";
import { settle, showFaults, useFollowing, useLeaveWarning, useSay } from "@/ui/form";

/** An organisation's profile, to read and to change (S-007). */
export function ProfilePart({ organisation }: { organisation: Organisation }): ReactNode {
  const { t } = useTranslation("organisation");
  const me = useMe();
  const say = useSay();
  const queries = useQueryClient();
  const may = mayAdminister(me, organisation.id);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: profileOf(organisation) });
  const followed = useFollowing(form, organisation, profileOf);
  useLeaveWarning(form.isDirty());
  const key = organisationQuery(organisation.id).queryKey;
  const save = useChange({
    send: async ({ values, sequence }: { values: typeof form.values; sequence: number }, header) => {
      const saved = await must(
        api.PUT("/organisations/{organisation_id}", {
          params: {
            path: { organisation_id: organisation.id },
            header: { ...header, "If-Match": etag({ sequence }) },
          },
          body: profileToTell(values),
        }),
      );
      settle(form, profileOf(saved));
      queries.setQueryData(key, saved);
      return saved;
    },
    // The name stands in the top bar and on every list.
    invalidates: () => [["session"], ["organisations", "list"]],
    onDone: () => notifications.show({ message: t("profile.saved") }),
  });
  return (
    <Sheet>
      {!may && (
        <WhoCould organisationId={organisation.id} whose={ADMINISTRATOR_OF[organisation.kind]} what={t("whoCould.profile")} />
      )}
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          save.mutate(
            { values, sequence: followed.sequence },
            {
              onError: (error) => {
                setRefusal(showFaults(form, error, say));
                void queries.invalidateQueries({ queryKey: key });
              },
            },
          );
        })}
      >
        <Stack gap="lg">
          <ProfileFields form={form} readOnly={!may} />
          <div>
            <Overtaken followed={followed} />
            <Refusal>{refusal}</Refusal>
          </div>
          {may && (
            <Group gap="xs">
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {t("save")}
              </Button>
              {form.isDirty() && !save.isPending && (
                <Button variant="subtle" color="gray" onClick={form.reset}>
                  {t("drop")}
                </Button>
              )}
            </Group>
          )}
        </Stack>
      </form>
    </Sheet>
  );
}
