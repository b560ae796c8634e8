import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { Desk } from "@/signing-in/Desk";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";

/** Asks for a link to set a new password. The answer is the same for a name that nobody has. */
export function ForgottenPage(): ReactNode {
  const { t } = useTranslation("signing-in");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { name: "" } });
  const ask = useChange({
    send: (name: string, header) => must(api.POST("/password-resets", { params: { header }, body: { name } })),
  });
  if (ask.isSuccess) return <Desk title={t("forgotten.sent")} text={t("forgotten.sentText")} />;
  return (
    <Desk title={t("forgotten.title")} text={t("forgotten.text")}>
      <form
        onSubmit={form.onSubmit(({ name }) =>
          ask.mutate(name.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) }),
        )}
        noValidate
      >
        <Stack gap="md">
          <TextInput
            label={t("signIn.name")}
            size="md"
            autoComplete="username"
            required
            withAsterisk={false}
            {...form.getInputProps("name")}
          />
          <Refusal>{refusal}</Refusal>
          <Button type="submit" size="md" loading={ask.isPending}>
            {t("forgotten.button")}
          </Button>
          <Anchor component={Link} to="/" size="sm">
            {t("backToSignIn")}
          </Anchor>
        </Stack>
      </form>
    </Desk>
  );
}
