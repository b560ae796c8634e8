import { Button, Fieldset, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import { NO_PROFILE, profileToTell } from "@/organisation/profile";
import { PART, ProfileFields } from "@/organisation/ProfileFields";
import { AdministratorFields, administratorToTell } from "@/organisation/register";
import { WhoCould } from "@/organisation/WhoCould";
import { usePageTitle } from "@/shell/usePageTitle";
import { notNumbers, termsToTell, USUAL_TERMS } from "@/suppliers/terms";
import { TermsFields } from "@/suppliers/TermsFields";
import { BackLink, Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";

/** A supplier that is not in the directory yet: registered, invited and linked in one step (S-004, S-122). */
export function RegisterSupplierPage(): ReactNode {
  const { t } = useTranslation("suppliers");
  const me = useMe();
  const say = useSay();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  usePageTitle(t("register.title"));
  const form = useForm({
    initialValues: { ...NO_PROFILE, admin_name: "", admin_email: "", terms: USUAL_TERMS },
    validate: (values) =>
      Object.fromEntries(notNumbers(values.terms).map((field) => [`terms.${field}`, t("terms.noNumber")])),
  });
  const forget = useKeptDraft("supplier", form);
  const register = useChange({
    send: (values: typeof form.values, header) =>
      must(
        api.POST("/suppliers", {
          params: { header },
          body: { ...profileToTell(values), ...administratorToTell(values), terms: termsToTell(values.terms) },
        }),
      ),
    invalidates: () => [["partnerships"]],
    onDone: (partnership) => {
      forget();
      notifications.show({ message: t("register.done", { name: partnership.supplier.name }) });
      void navigate(`/suppliers/${partnership.id}`);
    },
  });
  useLeaveWarning(form.isDirty() && !register.isSuccess);
  if (!me.can("supplier-manager", "buyer-admin"))
    return (
      <Stack gap="md">
        <Title order={1}>{t("register.title")}</Title>
        <WhoCould organisationId={me.standing?.organisation.id ?? ""} whose="supplier-manager" what={t("keepers")} />
      </Stack>
    );
  return (
    <Stack gap="md">
      <div>
        <BackLink to="/suppliers/add">{t("add.title")}</BackLink>
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
            <ProfileFields form={form} />
            <AdministratorFields form={form} />
            <Fieldset legend={t("terms.title")} variant="unstyled" styles={PART}>
              <TermsFields input={(path) => form.getInputProps(`terms.${path}`)} />
            </Fieldset>
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
