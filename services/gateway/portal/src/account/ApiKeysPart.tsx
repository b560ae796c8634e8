import { Button, Checkbox, Group, NativeSelect, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/account/Account.module.css";
import { CopyText } from "@/account/Kept";
import { Part } from "@/account/Part";
import { API_KEYS, apiKeysQuery, type ApiKey } from "@/account/queries";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe, type Role, type Standing } from "@/api/session";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { Moment, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

/** Days a key works; 0 is without end. */
const LASTS = [30, 90, 365, 0] as const;

/** Keys with which programs of one's own act for the organisation. */
export function ApiKeysPart({ standing }: { standing: Standing }): ReactNode {
  const { t } = useTranslation("account");
  const keys = useQuery(apiKeysQuery);
  const [step, setStep] = useState<{ at: "rest" | "form" } | { at: "secret"; created: Schemas["CreatedApiKey"] }>({
    at: "rest",
  });
  const [now] = useState(() => Date.now());
  const working = (keys.data?.items ?? []).filter(
    (key) => key.revoked_at === null && (key.expires_at === null || Date.parse(key.expires_at) > now),
  );
  return (
    <Part title={t("keys.title")} text={t("keys.text", { organisation: standing.organisation.name })}>
      {keys.isError && <ErrorState error={keys.error} again={() => void keys.refetch()} />}
      {keys.isPending && <Skeleton height={40} radius={4} role="status" aria-label={t("reading")} />}
      {keys.isSuccess && working.length === 0 && step.at === "rest" && <Text c="dimmed">{t("keys.none")}</Text>}
      {step.at === "secret" && (
        <Secret created={step.created} onKept={() => setStep({ at: "rest" })} />
      )}
      {working.length > 0 && (
        <ul className={classes.rows}>
          {working.map((key) => (
            <Entry key={key.id} apiKey={key} />
          ))}
        </ul>
      )}
      {step.at === "form" && (
        <Creating
          roles={standing.roles}
          onCreated={(created) => setStep({ at: "secret", created })}
          onBack={() => setStep({ at: "rest" })}
        />
      )}
      {step.at === "rest" && (
        <Group>
          <Button variant="default" onClick={() => setStep({ at: "form" })}>
            {t("keys.create")}
          </Button>
        </Group>
      )}
    </Part>
  );
}

/** To the minute, so that pressing again after a lost answer asks for the same. */
function endAfter(days: number): string | null {
  if (days === 0) return null;
  return new Date(Math.floor(Date.now() / 60_000) * 60_000 + days * 86_400_000).toISOString();
}

function Secret({ created, onKept }: { created: Schemas["CreatedApiKey"]; onKept: () => void }): ReactNode {
  const { t } = useTranslation("account");
  return (
    <Stack gap="sm" role="status">
      <div>
        <Title order={3}>{t("keys.created", { name: created.key.name })}</Title>
        <Text size="md" mt={4}>
          {t("keys.once")}
        </Text>
      </div>
      <code className={classes.secret} data-testid="key">
        {created.secret}
      </code>
      <Group gap="xs">
        <Button onClick={onKept}>{t("keys.keep")}</Button>
        <CopyText text={created.secret} />
      </Group>
    </Stack>
  );
}

function Creating(props: {
  roles: readonly Role[];
  onCreated: (created: Schemas["CreatedApiKey"]) => void;
  onBack: () => void;
}): ReactNode {
  const { t } = useTranslation("account");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { name: "", roles: [...props.roles] as Role[], lasts: "365" },
    validate: {
      name: (name) => (name.trim() === "" ? t("keys.nameMissing") : null),
      roles: (roles) => (roles.length === 0 ? t("keys.rolesMissing") : null),
    },
  });
  const create = useChange({
    send: (wish: Schemas["CreateApiKey"], header) => must(api.POST("/api-keys", { params: { header }, body: wish })),
    invalidates: () => [API_KEYS],
    onDone: props.onCreated,
  });
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={form.onSubmit(({ name, roles, lasts }) => {
        setRefusal(null);
        create.mutate(
          { name: name.trim(), roles, expires_at: endAfter(Number(lasts)) },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <TextInput
        label={t("keys.name")}
        description={t("keys.nameHint")}
        size="md"
        maxLength={200}
        autoFocus
        {...form.getInputProps("name")}
      />
      <Checkbox.Group label={t("keys.roles")} size="md" {...form.getInputProps("roles")}>
        <Stack gap="xs" mt={6}>
          {props.roles.map((role) => (
            <Checkbox key={role} value={role} label={t(`roles.${role}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
      <NativeSelect
        label={t("keys.lasts")}
        size="md"
        data={LASTS.map((days) => ({
          value: String(days),
          label: days === 0 ? t("keys.endless") : t("keys.days", { count: days }),
        }))}
        {...form.getInputProps("lasts")}
      />
      <Refusal>{refusal}</Refusal>
      <Group gap="xs">
        <Button type="submit" loading={create.isPending}>
          {t("keys.create")}
        </Button>
        <Button variant="subtle" color="gray" onClick={props.onBack}>
          {t("back")}
        </Button>
      </Group>
    </form>
  );
}

function Entry({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { t } = useTranslation("account");
  const me = useMe();
  const say = useSay();
  const { moment } = useFormats();
  const [asked, setAsked] = useState(false);
  const revoke = useChange({
    send: (id: string, header) =>
      must(api.POST("/api-keys/{key_id}/revoke", { params: { path: { key_id: id }, header } })),
    invalidates: () => [API_KEYS],
  });
  return (
    <li>
      <div>
        <Group gap="xs">
          <Text fw={600}>{apiKey.name}</Text>
          {apiKey.owner.id !== me.session.user.id && <Badge meaning="quiet">{apiKey.owner.name}</Badge>}
        </Group>
        <Text c="dimmed">
          {apiKey.roles.map((role) => t(`roles.${role}`)).join(", ")} ·{" "}
          {apiKey.expires_at === null ? t("keys.endless") : t("keys.until", { moment: moment(apiKey.expires_at) })} ·{" "}
          {apiKey.last_used_at === null ? (
            t("keys.unused")
          ) : (
            <>
              {t("keys.used")} <Moment at={apiKey.last_used_at} />
            </>
          )}
        </Text>
        <Refusal>{revoke.isError ? say(revoke.error) : null}</Refusal>
      </div>
      {asked ? (
        <Group gap="xs">
          <Text size="sm">{t("keys.consequence")}</Text>
          <Button size="xs" color="red" loading={revoke.isPending} onClick={() => revoke.mutate(apiKey.id)}>
            {t("keys.revoke")}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsked(false)}>
            {t("keys.leave")}
          </Button>
        </Group>
      ) : (
        <Button size="xs" variant="default" onClick={() => setAsked(true)} aria-label={t("keys.revokeNamed", { name: apiKey.name })}>
          {t("keys.revoke")} …
        </Button>
      )}
    </li>
  );
}
