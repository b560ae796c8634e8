import { Button, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, speakFor } from "@/api/client";
import { SESSION_KEY, type Session } from "@/api/session";
import { Desk } from "@/signing-in/Desk";
import { NewPassword } from "@/signing-in/NewPassword";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { PasswordField } from "@/ui/PasswordField";

/** Somebody else set the password: nothing but changing it is possible now. */
export function FirstPasswordPage({ session }: { session: Session }): ReactNode {
  const { t } = useTranslation("signing-in");
  const queries = useQueryClient();
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { current_password: "", new_password: "" } });
  speakFor({ csrfToken: session.csrf_token });
  const change = useChange({
    send: (body: typeof form.values, header) =>
      must(api.POST("/profile/change-password", { params: { header }, body })),
    onDone: () => void queries.invalidateQueries({ queryKey: SESSION_KEY }),
  });
  return (
    <Desk title={t("first.title", { name: session.user.name })} text={t("first.text")}>
      <form
        onSubmit={form.onSubmit((values) =>
          change.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
        )}
        noValidate
      >
        <Stack gap="md">
          <PasswordField
            label={t("currentPassword")}
            autoComplete="current-password"
            {...form.getInputProps("current_password")}
          />
          <NewPassword {...form.getInputProps("new_password")} />
          <Refusal>{refusal}</Refusal>
          <Button type="submit" size="md" loading={change.isPending}>
            {t("setPassword")}
          </Button>
        </Stack>
      </form>
    </Desk>
  );
}
