/** Where one-time links of mails lead: invitation, activation, new password, confirmed address. */
import { Button, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useParams } from "react-router";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { NotFoundPage } from "@/shell/pages";
import { Desk } from "@/signing-in/Desk";
import { NewPassword } from "@/signing-in/NewPassword";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";

export function LinkPage(): ReactNode {
  const { purpose } = useParams();
  // The router remembers what stood behind the # also when this page is mounted anew while its texts load.
  const token = useLocation().hash.slice(1);
  useEffect(() => {
    // The address bar and the history need not keep what opens an account.
    if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  }, [token]);
  if (!token) return <Spent />;
  if (purpose === "invitation" || purpose === "activation")
    return <Joining key={token} purpose={purpose} token={token} />;
  if (purpose === "password-reset") return <NewPasswordForm key={token} token={token} />;
  if (purpose === "email-confirmation") return <Confirming key={token} token={token} />;
  return <NotFoundPage />;
}

function Spent({ why }: { why?: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  return (
    <Desk title={t("spent.title")} text={why ?? t("spent.text")}>
      <ToSignIn />
    </Desk>
  );
}

function ToSignIn(): ReactNode {
  const { t } = useTranslation("signing-in");
  return (
    <Button component={Link} to="/" size="md">
      {t("toSignIn")}
    </Button>
  );
}

function Joining({ purpose, token }: { purpose: "invitation" | "activation"; token: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ["link", token],
    queryFn: () =>
must(api.POST("/invitations/read", { body: { token } })),
    staleTime: Infinity,
  });
  const form = useForm({ initialValues: { name: "", password: "" } });
  const join = useChange({
    send: (wish: { name: string; password: string }, header) =>
      purpose === "activation"
        ? must(api.POST("/activations", { params: { header }, body: { token, password: wish.password } }))
        : must(
            api.POST("/invitations/accept", {
              params: { header },
              body: {
                token,
                ...(wish.password ? { password: wish.password } : {}),
                ...(wish.name.trim() ? { name: wish.name.trim() } : {}),
              },
            }),
          ),
  });
  if (found.isPending)
    return (
      <Desk title={t("join.reading")}>
        <Loader size="sm" />
      </Desk>
    );
  if (found.isError) return <Spent why={say(found.error)} />;
  const invitation = found.data;
  if (join.isSuccess)
    return (
      <Desk title={t("join.done")} text={t("join.doneText", { name: invitation.sign_in_name })}>
        <ToSignIn />
      </Desk>
    );
  const title = invitation.organisation
    ? t("join.title", { organisation: invitation.organisation.name })
    : t("join.activate", { name: invitation.name });
  return (
    <Desk title={title} text={t(invitation.needs_password ? "join.text" : "join.known", { name: invitation.name })}>
      <form
        onSubmit={form.onSubmit((values) =>
          join.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
        )}
        noValidate
      >
        <Stack gap="md">
          <Text size="md">
            {t("join.as")} <strong>{invitation.sign_in_name}</strong>
          </Text>
          {invitation.needs_password && purpose === "invitation" && (
            <TextInput
              label={t("join.name")}
              placeholder={invitation.name}
              size="md"
              autoComplete="name"
              {...form.getInputProps("name")}
            />
          )}
          {invitation.needs_password && (
            <NewPassword {...form.getInputProps("password")} />
          )}
          <Refusal>{refusal}</Refusal>
          <Button type="submit" size="md" loading={join.isPending}>
            {t("join.button")}
          </Button>
        </Stack>
      </form>
    </Desk>
  );
}

function NewPasswordForm({ token }: { token: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { password: "" } });
  const set = useChange({
    send: (password: string, header) =>
      must(api.POST("/password-resets/complete", { params: { header }, body: { token, password } })),
  });
  if (set.isSuccess)
    return (
      <Desk title={t("reset.done")} text={t("reset.doneText")}>
        <ToSignIn />
      </Desk>
    );
  return (
    <Desk title={t("reset.title")}>
      <form
        onSubmit={form.onSubmit(({ password }) =>
          set.mutate(password, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
        )}
        noValidate
      >
        <Stack gap="md">
          <NewPassword {...form.getInputProps("password")} />
          <Refusal>{refusal}</Refusal>
          <Button type="submit" size="md" loading={set.isPending}>
            {t("setPassword")}
          </Button>
        </Stack>
      </form>
    </Desk>
  );
}

/** Mail programs open links by themselves; only a press of the button confirms. */
function Confirming({ token }: { token: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  const say = useSay();
  const confirm = useChange({
    send: (_: null, header) => must(api.POST("/email-confirmations", { params: { header }, body: { token } })),
  });
  if (confirm.isSuccess)
    return (
      <Desk title={t("confirm.done")} text={t("confirm.doneText")}>
        <ToSignIn />
      </Desk>
    );
  return (
    <Desk title={t("confirm.title")} text={t("confirm.text")}>
      <Refusal>{confirm.isError ? say(confirm.error) : null}</Refusal>
      <Button size="md" onClick={() => confirm.mutate(null)} loading={confirm.isPending}>
        {t("confirm.button")}
      </Button>
    </Desk>
  );
}
