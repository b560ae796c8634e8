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
import { AdministratorFields } from "@/organisation/register";
import { WhoCould } from "@/organisation/WhoCould";
import { usePageTitle } from "@/shell/usePageTitle";
import { notNumbers, termsToTell, USUAL_TERMS } from "@/suppliers/terms";
import { TermsFields } from "@/suppliers/TermsFields";
import { BackLink, Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";

/** A customer of the supplier's that is given access: registered, invited and linked in one step (S-152). */
export function RegisterCustomerPage(): ReactNode {
  const { t } = useTranslation("customers");
  const me = useMe();
  const say = useSay();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  usePageTitle(t("register.title"));
  const form = useForm({
    initialValues: { ...NO_PROFILE, admin_name: "", admin_email: "", ...USUAL_TERMS },
    validate: (values) => Object.fromEntries(notNumbers(values).map((field) => [field, t("noNumber")])),
  });
  const forget = useKeptDraft("customer", form);
  const register = useChange({
    send: (values: typeof form.values, header) => {
      const { currency, lead_time_days, minimum_order, payment_days } = termsToTell(values);
      return must(
        api.POST("/customers", {
          params: { header },
          body: {
            ...profileToTell(values),
            admin_name: values.admin_name.trim(),
            admin_email: values.admin_email.trim(),
            currency,
            lead_time_days,
            minimum_order,
            payment_days,
          },
        }),
      );
    },
    invalidates: () => [["partnerships"]],
    onDone: (partnership) => {
      forget();
      notifications.show({ message: t("register.done", { name: partnership.customer.name }) });
      void navigate(`/customers/${partnership.id}`);
    },
  });
  useLeaveWarning(form.isDirty() && !register.isSuccess);
  if (!me.can("supplier-admin"))
    return (
      <Stack gap="md">
        <Title order={1}>{t("register.title")}</Title>
        <WhoCould organisationId={me.standing?.organisation.id ?? ""} whose="supplier-admin" what={t("keepers")} />
      </Stack>
    );
  return (
    <Stack gap="md">
      <div>
        <BackLink to="/customers">{t("title")}</BackLink>
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
              <TermsFields input={(path) => form.getInputProps(path)} ofSupplier />
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
