import { Button, Skeleton, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/account/Account.module.css";
import { Done, Part } from "@/account/Part";
import { PROFILE, profileQuery, type User } from "@/account/queries";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { SESSION_KEY } from "@/api/session";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { PasswordField } from "@/ui/PasswordField";

export function ProfilePart(): ReactNode {
  const { t } = useTranslation("account");
  const profile = useQuery(profileQuery);
  return (
    <Part title={t("profile.title")} text={t("profile.text")}>
      {profile.isError ? (
        <ErrorState error={profile.error} again={() => void profile.refetch()} />
      ) : profile.data === undefined ? (
        <Skeleton height={150} radius={4} role="status" aria-label={t("reading")} />
      ) : (
        <ProfileForm user={profile.data} />
      )}
    </Part>
  );
}

function ProfileForm({ user }: { user: User }): ReactNode {
  const { t } = useTranslation("account");
  const queries = useQueryClient();
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { name: user.name, phone: user.phone ?? "" },
    validate: { name: (name) => (name.trim() === "" ? t("profile.nameMissing") : null) },
  });
  useLeaveWarning(form.isDirty());
  const save = useChange({
    send: (wish: { name: string; phone: string | null }, header) =>
      must(api.PUT("/profile", { params: { header: { ...header, "If-Match": etag(user) } }, body: wish })),
    invalidates: () => [PROFILE],
    onDone: (saved) => {
      form.resetDirty({ name: saved.name, phone: saved.phone ?? "" });
      void queries.invalidateQueries({ queryKey: SESSION_KEY });
    },
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(({ name, phone }) => {
        setRefusal(null);
        save.mutate(
          { name: name.trim(), phone: phone.trim() || null },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <TextInput label={t("profile.name")} size="md" autoComplete="name" maxLength={200} {...form.getInputProps("name")} />
      <TextInput
        label={t("profile.phone")}
        description={t("profile.phoneHint")}
        size="md"
        type="tel"
        autoComplete="tel"
        maxLength={40}
        {...form.getInputProps("phone")}
      />
      <Refusal>{refusal}</Refusal>
      <Done>{save.isSuccess && !form.isDirty() ? t("saved") : null}</Done>
      <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
        {t("save")}
      </Button>
    </form>
  );
}

/** Another address counts once it has been confirmed by the link mailed to it; the old one is told. */
export function EmailPart(): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const profile = useQuery(profileQuery);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { email: "", password: "" } });
  const change = useChange({
    send: (body: { email: string; password: string }, header) =>
      must(api.POST("/profile/change-email", { params: { header }, body })),
    onDone: () => form.reset(),
  });
  return (
    <Part title={t("email.title")} text={t("email.text")}>
      {profile.data !== undefined && (
        <Text size="md">
          {profile.data.email === null ? t("email.none") : <strong>{profile.data.email}</strong>}
          {profile.data.username !== null && ` · ${t("email.username", { name: profile.data.username })}`}
        </Text>
      )}
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit(({ email, password }) => {
          setRefusal(null);
          change.mutate(
            { email: email.trim(), password },
            { onError: (error) => setRefusal(showFaults(form, error, say)) },
          );
        })}
      >
        <TextInput label={t("email.new")} size="md" type="email" autoComplete="email" {...form.getInputProps("email")} />
        <PasswordField
          label={t("password.yours")}
          autoComplete="current-password"
          {...form.getInputProps("password")}
        />
        <Refusal>{refusal}</Refusal>
        <Done>{change.isSuccess ? t("email.sent", { email: change.variables.email }) : null}</Done>
        <Button type="submit" variant="default" loading={change.isPending} disabled={!form.values.email || !form.values.password}>
          {t("email.button")}
        </Button>
      </form>
    </Part>
  );
}
