import { Button, Radio, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { NO_PROFILE, profileToTell } from "@/organisation/profile";
import { ProfileFields } from "@/organisation/ProfileFields";
import { AdministratorFields, administratorToTell } from "@/organisation/register";
import { usePageTitle } from "@/shell/usePageTitle";
import { BackLink, Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import "@mantine/core/styles/RadioIndicator.css";
import "@mantine/core/styles/Radio.css";

/** Access to the portal is given by the company that runs it: nobody registers by themselves (S-152). */
export function RegisterOrganisationPage(): ReactNode {
  const { t } = useTranslation("organisations");
  const { t: shell } = useTranslation("shell");
  const say = useSay();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  usePageTitle(t("register.title"));
  const form = useForm({ initialValues: { ...NO_PROFILE, kind: "customer", admin_name: "", admin_email: "" } });
  const forget = useKeptDraft("organisation", form);
  const register = useChange({
    send: (values: typeof form.values, header) =>
      must(
        api.POST("/organisations", {
          params: { header },
          body: {
            kind: values.kind as Schemas["OrganisationKind"],
            ...profileToTell(values),
            ...administratorToTell(values),
          },
        }),
      ),
    invalidates: () => [["organisations", "list"]],
    onDone: (organisation) => {
      forget();
      notifications.show({ message: t("register.done", { name: organisation.name }) });
      void navigate(`/organisations/${organisation.id}`);
    },
  });
  useLeaveWarning(form.isDirty() && !register.isSuccess);
  return (
    <Stack gap="md">
      <div>
        <BackLink to="/organisations">{t("title")}</BackLink>
        <Title order={1}>{t("register.title")}</Title>
        <Text c="dimmed" mt={4}>
          {t("register.text")}
        </Text>
      </div>
      <Sheet>
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            setRefusal(null);
            register.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
          })}
        >
          <Stack gap="lg">
            <Radio.Group label={t("columns.kind")} size="md" {...form.getInputProps("kind")}>
              <Stack gap={6} mt={6}>
                {(["customer", "supplier"] as const).map((kind) => (
                  <Radio key={kind} value={kind} label={shell(`kinds.${kind}`)} description={t(`register.${kind}`)} />
                ))}
              </Stack>
            </Radio.Group>
            <ProfileFields form={form} />
            <AdministratorFields form={form} />
            <Refusal>{refusal}</Refusal>
            <Button type="submit" loading={register.isPending} style={{ alignSelf: "flex-start" }}>
              {t("register.send")}
            </Button>
          </Stack>
        </form>
      </Sheet>
    </Stack>
  );
}
