import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { IconMail, IconMailCheck } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { ADMINISTRATOR_OF, mayAdminister, organisationQuery, type Organisation } from "@/organisation/queries";
import { WhoCould } from "@/organisation/WhoCould";
import { Confirm } from "@/ui/Confirm";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Badge } from "@/ui/StatusBadge";

type Address = Schemas["NotificationEmail"];

/** Where news of documents is mailed; a new address counts once its owner has confirmed it (S-008). */
export function EmailsPart({ organisation }: { organisation: Organisation }): ReactNode {
  const { t } = useTranslation("organisation");
  const me = useMe();
  const may = mayAdminister(me, organisation.id);
  const [asking, setAsking] = useState<{ replaces: string | null } | null>(null);
  const [leaving, setLeaving] = useState<Address | null>(null);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const addresses = organisation.notification_emails;
  const inUse = addresses.filter((one) => one.status === "confirmed");

  const columns: LineColumn<Address>[] = [
    {
      id: "email",
      title: t("emails.address"),
      cell: (one) => <span style={{ overflowWrap: "anywhere" }}>{one.email}</span>,
    },
    {
      id: "status",
      title: t("emails.status"),
      cell: (one) => (
        <Badge meaning={one.status === "confirmed" ? "accepted" : "waiting"}>{t(`emails.${one.status}`)}</Badge>
      ),
    },
    ...(may
      ? [
          {
            id: "actions",
            title: t("actions"),
            cell: (one: Address) => (
              <Group gap={4} justify="flex-end">
                {one.status === "confirmed" && (
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    aria-label={t("emails.replaceOne", { email: one.email })}
                    onClick={() => setAsking({ replaces: one.email })}
                  >
                    {t("emails.replace")}
                  </Button>
                )}
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t("emails.removeOne", { email: one.email })}
                  onClick={() => setLeaving(one)}
                >
                  {t("emails.remove")}
                </Button>
              </Group>
            ),
            numeric: true,
          },
        ]
      : []),
  ];

  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" maw={620}>
          {t("emails.text")}
        </Text>
        {may && (
          <Button leftSection={<IconMail size={16} stroke={1.6} />} onClick={() => setAsking({ replaces: null })}>
            {t("emails.add")}
          </Button>
        )}
      </Group>
      {!may && (
        <WhoCould organisationId={organisation.id} whose={ADMINISTRATOR_OF[organisation.kind]} what={t("whoCould.emails")} />
      )}
      <div role="status">
        {sentTo !== null && (
          <Alert
            variant="light"
            icon={<IconMailCheck size={20} />}
            title={t("emails.sentTitle", { email: sentTo })}
            withCloseButton
            closeButtonLabel={t("close")}
            onClose={() => setSentTo(null)}
          >
            {t(inUse.length > 0 ? "emails.sentTold" : "emails.sent")}
          </Alert>
        )}
      </div>
      {addresses.length === 0 ? (
        <Sheet>
          <EmptyState title={t("emails.emptyTitle")} text={t("emails.emptyText")} />
        </Sheet>
      ) : (
        <LineTable caption={t("emails.title")} columns={columns} lines={addresses} keyOf={(one) => one.email} />
      )}
      {asking !== null && (
        <AddAddress
          organisation={organisation}
          replaces={asking.replaces}
          onClose={() => setAsking(null)}
          onDone={(email) => {
            setAsking(null);
            setSentTo(email);
          }}
        />
      )}
      {leaving !== null && (
        <RemoveAddress
          organisation={organisation}
          address={leaving}
          isLast={leaving.status === "confirmed" && inUse.length === 1}
          onClose={() => setLeaving(null)}
        />
      )}
    </Stack>
  );
}

function AddAddress(props: {
  organisation: Organisation;
  replaces: string | null;
  onClose: () => void;
  onDone: (email: string) => void;
}): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { email: "" } });
  const add = useChange({
    send: (email: string, header) =>
      must(
        api.POST("/organisations/{organisation_id}/notification-emails", {
          params: { path: { organisation_id: props.organisation.id }, header },
          body: { email, replaces: props.replaces },
        }),
      ),
    onDone: (organisation, email) => {
      queries.setQueryData(organisationQuery(organisation.id).queryKey, organisation);
      props.onDone(email);
    },
  });
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.replaces === null ? t("emails.add") : t("emails.replaceOne", { email: props.replaces })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <form
        noValidate
        onSubmit={form.onSubmit(({ email }) => {
          setRefusal(null);
          add.mutate(email.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) });
        })}
      >
        <Stack gap="md">
          <TextInput
            label={t("emails.new")}
            description={t(props.replaces === null ? "emails.newHint" : "emails.replaceHint", { email: props.replaces })}
            type="email"
            size="md"
            data-autofocus
            required
            withAsterisk={false}
            {...form.getInputProps("email")}
          />
          <Refusal>{refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("back")}
            </Button>
            <Button type="submit" loading={add.isPending}>
              {t("emails.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function RemoveAddress(props: {
  organisation: Organisation;
  address: Address;
  isLast: boolean;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation("organisation");
  const queries = useQueryClient();
  const { email, status } = props.address;
  const remove = useChange({
    send: (_: null, header) =>
      must(
        api.POST("/organisations/{organisation_id}/notification-emails/remove", {
          params: { path: { organisation_id: props.organisation.id }, header },
          body: { email },
        }),
      ),
    onDone: (organisation) => {
      queries.setQueryData(organisationQuery(organisation.id).queryKey, organisation);
      props.onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t("emails.removeTitle", { email })}
      word={t("emails.remove")}
      grave
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(null)}
      onClose={props.onClose}
    >
      {t(status === "waiting" ? "emails.removeWaiting" : props.isLast ? "emails.removeLast" : "emails.removeText")}
    </Confirm>
  );
}
