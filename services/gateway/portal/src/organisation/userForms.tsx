/** What an administrator does with people: ask them in, change what they may do, let them go. */
import { Alert, Button, CopyButton, Group, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import type { Role } from "@/api/session";
import { ROLES_OF, type Invitation, type Member, type Organisation } from "@/organisation/queries";
import { RoleChoice } from "@/organisation/RoleChoice";
import { Confirm } from "@/ui/Confirm";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";

interface OfMember {
  organisation: Organisation;
  member: Member;
  onClose: () => void;
}

/** Everything that shows an organisation's people. */
const people = (organisation: Organisation): string[][] => [
  ["organisations", organisation.id, "members"],
  ["organisations", organisation.id, "invitations"],
];

function Dialog(props: {
  title: string;
  word: string;
  pending: boolean;
  refusal: string | null;
  onSubmit: (event?: React.SyntheticEvent<HTMLFormElement>) => void;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const { t } = useTranslation("organisation");
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size="lg"
      closeButtonProps={{ "aria-label": t("close") }}
      closeOnClickOutside={false}
    >
      <form noValidate onSubmit={props.onSubmit}>
        <Stack gap="md">
          {props.children}
          <Refusal>{props.refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("back")}
            </Button>
            <Button type="submit" loading={props.pending}>
              {props.word}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function Invite({ organisation, onClose }: { organisation: Organisation; onClose: () => void }): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { name: "", email: "", roles: [ROLES_OF[organisation.kind][0]] as Role[] },
    validate: { roles: (roles) => (roles.length === 0 ? t("users.noRole") : null) },
  });
  const invite = useChange({
    send: (body: typeof form.values, header) =>
      must(
        api.POST("/organisations/{organisation_id}/invitations", {
          params: { path: { organisation_id: organisation.id }, header },
          body,
        }),
      ),
    invalidates: () => people(organisation),
    onDone: (invitation) => {
      notifications.show({ message: t("users.invited", { email: invitation.email }) });
      onClose();
    },
  });
  return (
    <Dialog
      title={t("users.inviteTitle", { organisation: organisation.name })}
      word={t("users.inviteSend")}
      pending={invite.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        invite.mutate(
          { ...values, name: values.name.trim(), email: values.email.trim() },
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <TextInput
        label={t("users.name")}
        size="md"
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps("name")}
      />
      <TextInput
        label={t("users.email")}
        description={t("users.inviteHint")}
        size="md"
        type="email"
        required
        withAsterisk={false}
        autoComplete="off"
        {...form.getInputProps("email")}
      />
      <RoleChoice
        kind={organisation.kind}
        value={form.values.roles}
        onChange={(roles) => form.setFieldValue("roles", roles)}
        error={form.errors.roles}
      />
    </Dialog>
  );
}

/** An account with a username, for somebody without a mailbox: activated through a link (D-7, S-153). */
export function CreateAccount(props: {
  organisation: Organisation;
  onClose: () => void;
  onDone: (member: Member) => void;
}): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { organisation } = props;
  const form = useForm({
    initialValues: { name: "", username: "", email: "", roles: [ROLES_OF[organisation.kind][0]] as Role[] },
    validate: { roles: (roles) => (roles.length === 0 ? t("users.noRole") : null) },
  });
  const create = useChange({
    send: (values: typeof form.values, header) =>
      must(
        api.POST("/organisations/{organisation_id}/members", {
          params: { path: { organisation_id: organisation.id }, header },
          body: {
            name: values.name.trim(),
            username: values.username.trim(),
            email: values.email.trim() || null,
            roles: values.roles,
          },
        }),
      ),
    invalidates: () => people(organisation),
    onDone: (member) => {
      if (member.email !== null) notifications.show({ message: t("users.linkMailed", { email: member.email }) });
      props.onDone(member);
    },
  });
  return (
    <Dialog
      title={t("users.createTitle")}
      word={t("users.createSend")}
      pending={create.isPending}
      refusal={refusal}
      onClose={props.onClose}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        create.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
      })}
    >
      <Text c="dimmed">{t("users.createText")}</Text>
      <TextInput
        label={t("users.name")}
        size="md"
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        {...form.getInputProps("name")}
      />
      <TextInput
        label={t("users.username")}
        size="md"
        required
        withAsterisk={false}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...form.getInputProps("username")}
      />
      <TextInput
        label={t("users.emailOptional")}
        description={t("users.createEmailHint")}
        size="md"
        type="email"
        autoComplete="off"
        {...form.getInputProps("email")}
      />
      <RoleChoice
        kind={organisation.kind}
        value={form.values.roles}
        onChange={(roles) => form.setFieldValue("roles", roles)}
        error={form.errors.roles}
      />
    </Dialog>
  );
}

export function ChangeRoles({ organisation, member, onClose }: OfMember): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { roles: [...member.roles] },
    validate: { roles: (roles) => (roles.length === 0 ? t("users.noRole") : null) },
  });
  const change = useChange({
    send: (roles: Role[], header) =>
      must(
        api.PUT("/organisations/{organisation_id}/members/{user_id}/roles", {
          params: {
            path: { organisation_id: organisation.id, user_id: member.user_id },
            header: { ...header, "If-Match": etag(member) },
          },
          body: { roles },
        }),
      ),
    invalidates: () => [...people(organisation), ["session"]],
    onDone: onClose,
  });
  return (
    <Dialog
      title={t("users.rolesTitle", { name: member.name })}
      word={t("save")}
      pending={change.isPending}
      refusal={refusal}
      onClose={onClose}
      onSubmit={form.onSubmit(({ roles }) => {
        setRefusal(null);
        change.mutate(roles, { onError: (error) => setRefusal(showFaults(form, error, say)) });
      })}
    >
      <RoleChoice
        kind={organisation.kind}
        value={form.values.roles}
        onChange={(roles) => form.setFieldValue("roles", roles)}
        error={form.errors.roles}
      />
    </Dialog>
  );
}

export function SuspendMember({ organisation, member, onClose }: OfMember): ReactNode {
  const { t } = useTranslation("organisation");
  const suspend = useChange({
    send: (_: null, header) =>
      must(
        api.POST("/organisations/{organisation_id}/members/{user_id}/suspend", {
          params: { path: { organisation_id: organisation.id, user_id: member.user_id }, header },
        }),
      ),
    invalidates: () => people(organisation),
    onDone: onClose,
  });
  return (
    <Confirm
      opened
      title={t("users.suspendTitle", { name: member.name })}
      word={t("users.suspend")}
      pending={suspend.isPending}
      error={suspend.error}
      onConfirm={() => suspend.mutate(null)}
      onClose={onClose}
    >
      {t("users.suspendText", { organisation: organisation.name })}
    </Confirm>
  );
}

export function RemoveMember({ organisation, member, onClose }: OfMember): ReactNode {
  const { t } = useTranslation("organisation");
  const remove = useChange({
    send: (_: null, header) =>
      must(
        api.DELETE("/organisations/{organisation_id}/members/{user_id}", {
          params: { path: { organisation_id: organisation.id, user_id: member.user_id }, header },
        }),
      ),
    invalidates: () => people(organisation),
    onDone: () => {
      notifications.show({ message: t("users.removed", { name: member.name }) });
      onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t("users.removeTitle", { name: member.name })}
      word={t("users.remove")}
      grave
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(null)}
      onClose={onClose}
    >
      {t("users.removeText", { organisation: organisation.name })}
    </Confirm>
  );
}

/** The link of an account without e-mail: shown to the administrator, who hands it over (D-7). */
export function ActivationLink({ organisation, member, onClose }: OfMember): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const { moment } = useFormats();
  const found = useQuery({
    queryKey: ["organisations", organisation.id, "members", member.user_id, "link", member.sequence],
    queryFn: () =>
      must(
        api.GET("/organisations/{organisation_id}/members/{user_id}/activation-link", {
          params: { path: { organisation_id: organisation.id, user_id: member.user_id } },
        }),
      ),
    // A secret is not kept longer than it is shown.
    gcTime: 0,
  });
  const address = found.data === undefined ? "" : `${window.location.origin}/links/activation#${found.data.token}`;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("link.title", { name: member.name })}
      size="lg"
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {found.isPending ? (
        <Loader size="sm" />
      ) : found.isError ? (
        <Alert color="red" variant="light">
          {say(found.error)} {t("link.renew")}
        </Alert>
      ) : (
        <Stack gap="md">
          <Text>{t("link.text", { username: member.username, until: moment(found.data.expires_at) })}</Text>
          <TextInput
            label={t("link.label")}
            readOnly
            value={address}
            onFocus={(event) => event.currentTarget.select()}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          />
          <Group justify="flex-end" gap="xs">
            <CopyButton value={address}>
              {({ copied, copy }) => (
                <Button
                  data-autofocus
                  onClick={copy}
                  leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} stroke={1.6} />}
                >
                  {t(copied ? "link.copied" : "link.copy")}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

export function WithdrawInvitation(props: {
  organisation: Organisation;
  invitation: Invitation;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation("organisation");
  const { invitation } = props;
  const withdraw = useChange({
    send: (_: null, header) =>
      must(
        api.POST("/invitations/{invitation_id}/withdraw", {
          params: { path: { invitation_id: invitation.id }, header },
        }),
      ),
    invalidates: () => people(props.organisation),
    onDone: props.onClose,
  });
  return (
    <Confirm
      opened
      title={t("invitations.withdrawTitle", { name: invitation.name })}
      word={t("invitations.withdraw")}
      grave
      pending={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate(null)}
      onClose={props.onClose}
    >
      {t("invitations.withdrawText", { email: invitation.email })}
    </Confirm>
  );
}
