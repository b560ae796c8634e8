import { Button, Group, Skeleton, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/account/Account.module.css";
import { CopyText } from "@/account/Kept";
import { Done, Part } from "@/account/Part";
import { QrCode } from "@/account/QrCode";
import { SECOND_FACTOR, secondFactorQuery } from "@/account/queries";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import { PasswordField } from "@/ui/PasswordField";

/** What is being done: nothing, or one of the ways through. */
type Step =
  | { at: "rest"; done?: string }
  | { at: "password" }
  | { at: "scan"; secret: Schemas["SecondFactorSecret"] }
  | { at: "codes"; codes: readonly string[] }
  | { at: "renew" }
  | { at: "disable" };

/** Two-factor sign-in (RFC 6238): besides the password, a code that only one's own telephone shows. */
export function SecondFactorPart(): ReactNode {
  const { t } = useTranslation("account");
  const factor = useQuery(secondFactorQuery);
  const [step, setStep] = useState<Step>({ at: "rest" });
  const rest = (): void => setStep({ at: "rest" });
  return (
    <Part title={t("factor.title")} text={t("factor.text")}>
      {factor.isError && <ErrorState error={factor.error} again={() => void factor.refetch()} />}
      {factor.isPending && <Skeleton height={60} radius={4} role="status" aria-label={t("reading")} />}
      {step.at === "rest" && factor.data !== undefined && (
        <>
          <Standing factor={factor.data} />
          <Done>{step.done ?? null}</Done>
          <Group gap="xs">
            {factor.data.enabled ? (
              <>
                <Button variant="default" onClick={() => setStep({ at: "renew" })}>
                  {t("factor.renew")}
                </Button>
                <Button variant="default" onClick={() => setStep({ at: "disable" })}>
                  {t("factor.disable")}
                </Button>
              </>
            ) : (
              <Button onClick={() => setStep({ at: "password" })}>{t("factor.enable")}</Button>
            )}
          </Group>
        </>
      )}
      {step.at === "password" && <Beginning onSecret={(secret) => setStep({ at: "scan", secret })} onBack={rest} />}
      {step.at === "scan" && (
        <Scanning secret={step.secret} onCodes={(codes) => setStep({ at: "codes", codes })} onBack={rest} />
      )}
      {step.at === "codes" && (
        <Codes codes={step.codes} onKept={() => setStep({ at: "rest", done: t("factor.kept") })} />
      )}
      {step.at === "renew" && <Proving what="renew" onCodes={(codes) => setStep({ at: "codes", codes })} onBack={rest} />}
      {step.at === "disable" && (
        <Proving what="disable" onDisabled={() => setStep({ at: "rest", done: t("factor.off") })} onBack={rest} />
      )}
    </Part>
  );
}

function Standing({ factor }: { factor: Schemas["SecondFactor"] }): ReactNode {
  const { t } = useTranslation("account");
  if (!factor.enabled)
    return (
      <div>
        <Badge meaning="quiet">{t("factor.isOff")}</Badge>
      </div>
    );
  return (
    <div>
      <Badge meaning="accepted">{t("factor.isOn")}</Badge>
      <Text c="dimmed" mt={6}>
        {factor.since !== null && (
          <>
            {t("factor.since")} <Moment at={factor.since} /> ·{" "}
          </>
        )}
        {t("factor.left", { count: factor.recovery_codes_left })}
      </Text>
    </div>
  );
}

function Back({ onBack }: { onBack: () => void }): ReactNode {
  const { t } = useTranslation("account");
  return (
    <Button variant="subtle" color="gray" onClick={onBack}>
      {t("back")}
    </Button>
  );
}

function Beginning(props: { onSecret: (secret: Schemas["SecondFactorSecret"]) => void; onBack: () => void }): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { password: "" } });
  const begin = useChange({
    send: (password: string, header) =>
      must(api.POST("/profile/second-factor/begin", { params: { header }, body: { password } })),
    onDone: props.onSecret,
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(({ password }) =>
        begin.mutate(password, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
      )}
    >
      <PasswordField
        label={t("password.yours")}
        description={t("factor.passwordHint")}
        autoComplete="current-password"
        autoFocus
        {...form.getInputProps("password")}
      />
      <Refusal>{refusal}</Refusal>
      <Group gap="xs">
        <Button type="submit" loading={begin.isPending} disabled={!form.values.password}>
          {t("next")}
        </Button>
        <Back onBack={props.onBack} />
      </Group>
    </form>
  );
}

function Scanning(props: {
  secret: Schemas["SecondFactorSecret"];
  onCodes: (codes: readonly string[]) => void;
  onBack: () => void;
}): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { code: "" } });
  const confirm = useChange({
    send: (code: string, header) =>
      must(api.POST("/profile/second-factor/confirm", { params: { header }, body: { code } })),
    invalidates: () => [SECOND_FACTOR],
    onDone: ({ codes }) => props.onCodes(codes),
  });
  return (
    <div className={classes.scan}>
      <QrCode text={props.secret.uri} label={t("factor.qr")} />
      <form
        className={classes.form}
        noValidate
        onSubmit={form.onSubmit(({ code }) =>
          confirm.mutate(code.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) }),
        )}
      >
        <Text size="md">{t("factor.scan")}</Text>
        <div>
          <Text c="dimmed" mb={4}>
            {t("factor.type")}
          </Text>
          <code className={classes.secret} data-testid="secret">
            {props.secret.secret}
          </code>
        </div>
        <TextInput
          label={t("factor.code")}
          size="md"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={50}
          {...form.getInputProps("code")}
        />
        <Refusal>{refusal}</Refusal>
        <Group gap="xs">
          <Button type="submit" loading={confirm.isPending} disabled={!form.values.code.trim()}>
            {t("factor.enable")}
          </Button>
          <Back onBack={props.onBack} />
        </Group>
      </form>
    </div>
  );
}

/** Shown once: nobody, the portal included, can show them again. */
function Codes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }): ReactNode {
  const { t } = useTranslation("account");
  useLeaveWarning(true);
  return (
    <>
      <div>
        <Title order={3}>{t("factor.codes")}</Title>
        <Text size="md" mt={4}>
          {t("factor.codesText")}
        </Text>
      </div>
      <ul className={classes.codes} aria-label={t("factor.codes")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <Button onClick={onKept}>{t("factor.keep")}</Button>
        <CopyText text={codes.join("\n")} />
        <Button size="xs" variant="default" onClick={() => window.print()}>
          {t("factor.print")}
        </Button>
      </Group>
    </>
  );
}

/** Password and code, for what weakens or renews the second factor. */
function Proving(
  props: { onBack: () => void } & (
    | { what: "renew"; onCodes: (codes: readonly string[]) => void }
    | { what: "disable"; onDisabled: () => void }
  ),
): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { password: "", code: "" } });
  const prove = useChange<{ password: string; code: string }, readonly string[]>({
    send: async (body, header) => {
      if (props.what === "renew")
        return (await must(api.POST("/profile/second-factor/renew-recovery-codes", { params: { header }, body }))).codes;
      await must(api.POST("/profile/second-factor/disable", { params: { header }, body }));
      return [];
    },
    invalidates: () => [SECOND_FACTOR],
    onDone: (codes) => {
      if (props.what === "renew") props.onCodes(codes);
      else props.onDisabled();
    },
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(({ password, code }) =>
        prove.mutate({ password, code: code.trim() }, { onError: (error) => setRefusal(showFaults(form, error, say)) }),
      )}
    >
      <Text size="md">{t(`factor.${props.what}Text`)}</Text>
      <PasswordField
        label={t("password.yours")}
        autoComplete="current-password"
        autoFocus
        {...form.getInputProps("password")}
      />
      <TextInput
        label={t("factor.anyCode")}
        size="md"
        autoComplete="one-time-code"
        maxLength={50}
        {...form.getInputProps("code")}
      />
      <Refusal>{refusal}</Refusal>
      <Group gap="xs">
        <Button
          type="submit"
          {...(props.what === "disable" ? { color: "red" } : {})}
          loading={prove.isPending}
          disabled={!form.values.password || !form.values.code.trim()}
        >
          {t(`factor.${props.what}`)}
        </Button>
        <Back onBack={props.onBack} />
      </Group>
    </form>
  );
}
