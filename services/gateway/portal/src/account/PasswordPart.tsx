import { Button } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/account/Account.module.css";
import { Done, Part } from "@/account/Part";
import { SESSIONS } from "@/account/queries";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { NewPassword } from "@/signing-in/NewPassword";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { PasswordField } from "@/ui/PasswordField";

export function PasswordPart(): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { current_password: "", new_password: "" } });
  const change = useChange({
    send: (body: { current_password: string; new_password: string }, header) =>
      must(api.POST("/profile/change-password", { params: { header }, body })),
    invalidates: () => [SESSIONS],
    onDone: () => form.reset(),
  });
  return (
    <Part title={t("password.title")} text={t("password.text")}>
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          change.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
        })}
      >
        <PasswordField
          label={t("password.current")}
          autoComplete="current-password"
          {...form.getInputProps("current_password")}
        />
        <NewPassword {...form.getInputProps("new_password")} />
        <Refusal>{refusal}</Refusal>
        <Done>{change.isSuccess ? t("password.changed") : null}</Done>
        <Button
          type="submit"
          variant="default"
          loading={change.isPending}
          disabled={!form.values.current_password || !form.values.new_password}
        >
          {t("password.button")}
        </Button>
      </form>
    </Part>
  );
}
