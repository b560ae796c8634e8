import { Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ChangeEvent, type ReactNode, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate } from "react-router";
import { api, must } from "@/api/client";
import { Problem } from "@/api/problem";
import { SESSION_KEY, useSession } from "@/api/session";
import { Desk } from "@/signing-in/Desk";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { PasswordField } from "@/ui/PasswordField";

const EMPTY = { name: "", password: "", code: "" };
type Wish = typeof EMPTY;

/**
 * Signs in; the address stays what it was, so the person goes on to where they wanted. It does without the
 * forms' library, which nobody has to load before they are in.
 */
export function SignInPage(): ReactNode {
  const { t } = useTranslation("signing-in");
  const queries = useQueryClient();
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [step, setStep] = useState<"password" | "code" | "recovery">("password");
  const [typed, setTyped] = useState(EMPTY);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const signIn = useMutation({
    mutationFn: (wish: Wish) =>
      must(
        api.POST("/sessions", {
          body: { name: wish.name.trim(), password: wish.password, ...(wish.code ? { code: wish.code.trim() } : {}) },
        }),
      ),
    onMutate: () => {
      setRefusal(null);
      setFaults({});
    },
    onSuccess: (session) => queries.setQueryData(SESSION_KEY, session),
    onError: (error) => {
      // The password was right; what is missing is what only the person's telephone knows.
      if (error instanceof Problem && error.code === "second-factor-needed") setStep("code");
      else {
        const found = error instanceof Problem ? error.byField() : {};
        setFaults(found);
        if (!Object.keys(found).some((name) => name in EMPTY)) setRefusal(say(error));
      }
    },
  });
  const field = (name: keyof Wish): object => ({
    value: typed[name],
    error: faults[name],
    onChange: (event: ChangeEvent<HTMLInputElement>) => setTyped({ ...typed, [name]: event.currentTarget.value }),
  });
  const send = (event: SubmitEvent<HTMLFormElement>, wish: Wish): void => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate(wish);
  };
  if (step !== "password")
    return (
      <Desk title={t("code.title")} text={t(step === "code" ? "code.text" : "code.recoveryText")}>
        <form onSubmit={(event) => send(event, typed)} noValidate>
          <Stack gap="md">
            <TextInput
              key={step}
              label={t(step === "code" ? "code.code" : "code.recovery")}
              size="md"
              {...(step === "code" ? { inputMode: "numeric" as const } : { autoCapitalize: "none" })}
              autoComplete="one-time-code"
              spellCheck={false}
              maxLength={50}
              autoFocus
              {...field("code")}
            />
            <Refusal>{refusal}</Refusal>
            <Button type="submit" size="md" fullWidth loading={signIn.isPending} disabled={!typed.code.trim()}>
              {t("signIn.button")}
            </Button>
            <Anchor
              component="button"
              type="button"
              size="sm"
              ta="left"
              onClick={() => {
                setStep(step === "code" ? "recovery" : "code");
                setTyped({ ...typed, code: "" });
                setRefusal(null);
              }}
            >
              {t(step === "code" ? "code.lost" : "code.useApp")}
            </Anchor>
            <Anchor
              component="button"
              type="button"
              size="sm"
              ta="left"
              onClick={() => {
                setStep("password");
                setTyped(EMPTY);
                setRefusal(null);
              }}
            >
              {t("code.other")}
            </Anchor>
          </Stack>
        </form>
      </Desk>
    );
  return (
    <Desk title={t("signIn.title")}>
      <form onSubmit={(event) => send(event, { ...typed, code: "" })} noValidate>
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
            {...field("name")}
          />
          <PasswordField
            label={t("password")}
            autoComplete="current-password"
            required
            withAsterisk={false}
            {...field("password")}
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
