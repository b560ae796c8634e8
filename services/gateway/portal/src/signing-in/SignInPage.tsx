import { Anchor, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { api, must } from "@/api/client";
import { SESSION_KEY, useSession } from "@/api/session";
import { Desk } from "@/signing-in/Desk";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";

/** Signs in; the address stays what it was, so the person goes on to where they wanted. */
export function SignInPage(): ReactNode {
  const { t } = useTranslation("signing-in");
  const queries = useQueryClient();
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { name: "", password: "" } });
  const signIn = useMutation({
    mutationFn: (wish: { name: string; password: string }) => must(api.POST("/sessions", { body: wish })),
    onMutate: () => setRefusal(null),
    onSuccess: (session) => queries.setQueryData(SESSION_KEY, session),
    onError: (error) => setRefusal(showFaults(form, error, say)),
  });
  return (
    <Desk title={t("signIn.title")}>
      <form onSubmit={form.onSubmit((values) => signIn.mutate({ ...values, name: values.name.trim() }))} noValidate>
        <Stack gap="md">
          <TextInput
            label={t("signIn.name")}
            size="md"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus
            {...form.getInputProps("name")}
          />
          <PasswordInput
            label={t("password")}
            size="md"
            autoComplete="current-password"
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
            {...form.getInputProps("password")}
          />
          <Refusal>{refusal}</Refusal>
          <Button type="submit" size="md" fullWidth loading={signIn.isPending}>
            {t("signIn.button")}
          </Button>
          <Anchor component={Link} to="/forgotten-password" size="sm">
            {t("signIn.forgotten")}
          </Anchor>
        </Stack>
      </form>
    </Desk>
  );
}

/** `/sign-in` by itself: for bookmarks and for the ends of other pages. */
export function SignInRoute(): ReactNode {
  const session = useSession();
  return session.data ? <Navigate to="/" replace /> : <SignInPage />;
}
