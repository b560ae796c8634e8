import { ActionIcon, Button, Group, Menu, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconDots, IconSearch, IconUserPlus } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import {
  ADMINISTRATOR_OF,
  mayAdminister,
  membersQuery,
  openInvitationsQuery,
  type Invitation,
  type Member,
  type Organisation,
} from "@/organisation/queries";
import {
  ActivationLink,
  ChangeRoles,
  CreateAccount,
  Invite,
  RemoveMember,
  SuspendMember,
  WithdrawInvitation,
} from "@/organisation/userForms";
import { WhoCould } from "@/organisation/WhoCould";
import { Coming } from "@/ui/Coming";
import { ErrorState } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Moment, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

type Opened =
  | { what: "invite" | "create" }
  | { what: "roles" | "suspend" | "remove" | "link"; member: Member }
  | { what: "withdraw"; invitation: Invitation };

/** Who acts for an organisation and what they may do; who is invited (S-009, S-010, D-7). */
export function UsersPart({ organisation }: { organisation: Organisation }): ReactNode {
  const { t } = useTranslation("organisation");
  const me = useMe();
  const may = mayAdminister(me, organisation.id);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [opened, setOpened] = useState<Opened | null>(null);
  const found = useInfiniteQuery(membersQuery(organisation.id, search));
  const members = found.data?.pages.flatMap((page) => page.items).filter((one) => one.status !== "removed");
  const close = (): void => setOpened(null);

  const columns: LineColumn<Member>[] = [
    {
      id: "name",
      title: t("users.name"),
      cell: (member) => (
        <div>
          <strong>{member.name}</strong>
          {member.user_id === me.session.user.id && (
            <Text span size="sm" c="dimmed">
              {" "}
              ({t("users.you")})
            </Text>
          )}
          <Text size="sm" c="dimmed" fw={400} style={{ overflowWrap: "anywhere" }}>
            {[member.username, member.email, member.phone].filter(Boolean).join(" · ")}
          </Text>
        </div>
      ),
    },
    {
      id: "roles",
      title: t("users.roles"),
      cell: (member) => member.roles.map((role) => t(`roles.${role}.name`)).join(", "),
    },
    { id: "status", title: t("users.status"), cell: (member) => <MemberStatus member={member} /> },
    { id: "since", title: t("users.since"), cell: (member) => <Moment at={member.since} />, wideOnly: true },
    ...(may
      ? [
          {
            id: "actions",
            title: t("actions"),
            cell: (member: Member) => <MemberMenu organisation={organisation} member={member} open={setOpened} />,
            numeric: true,
          },
        ]
      : []),
  ];

  return (
    <Stack gap="md">
      {!may && (
        <WhoCould organisationId={organisation.id} whose={ADMINISTRATOR_OF[organisation.kind]} what={t("whoCould.users")} />
      )}
      <Group justify="space-between">
        <TextInput
          type="search"
          aria-label={t("users.search")}
          placeholder={t("users.search")}
          leftSection={<IconSearch size={16} stroke={1.6} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {may && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setOpened({ what: "create" })}>
              {t("users.create")}
            </Button>
            <Button leftSection={<IconUserPlus size={16} stroke={1.6} />} onClick={() => setOpened({ what: "invite" })}>
              {t("users.invite")}
            </Button>
          </Group>
        )}
      </Group>
      {may && <OpenInvitations organisation={organisation} open={setOpened} />}
      {found.isError && <ErrorState error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Coming />}
      {members?.length === 0 ? (
        <Text c="dimmed">{search ? t("users.nobodyFound", { search }) : t("users.nobody")}</Text>
      ) : (
        members !== undefined && (
          <LineTable caption={t("users.title")} columns={columns} lines={members} keyOf={(member) => member.user_id} />
        )
      )}
      {found.hasNextPage && (
        <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
      {opened?.what === "invite" && <Invite organisation={organisation} onClose={close} />}
      {opened?.what === "create" && (
        <CreateAccount
          organisation={organisation}
          onClose={close}
          onDone={(member) => setOpened(!member.activated && member.email === null ? { what: "link", member } : null)}
        />
      )}
      {opened?.what === "roles" && <ChangeRoles organisation={organisation} member={opened.member} onClose={close} />}
      {opened?.what === "suspend" && <SuspendMember organisation={organisation} member={opened.member} onClose={close} />}
      {opened?.what === "remove" && <RemoveMember organisation={organisation} member={opened.member} onClose={close} />}
      {opened?.what === "link" && <ActivationLink organisation={organisation} member={opened.member} onClose={close} />}
      {opened?.what === "withdraw" && (
        <WithdrawInvitation organisation={organisation} invitation={opened.invitation} onClose={close} />
      )}
    </Stack>
  );
}

function MemberStatus({ member }: { member: Member }): ReactNode {
  const { t } = useTranslation("organisation");
  if (member.status === "suspended") return <Badge meaning="refused">{t("users.suspended")}</Badge>;
  if (!member.activated) return <Badge meaning="waiting">{t("users.notActivated")}</Badge>;
  return <Badge meaning="accepted">{t("users.active")}</Badge>;
}

function MemberMenu(props: { organisation: Organisation; member: Member; open: (opened: Opened) => void }): ReactNode {
  const { t } = useTranslation("organisation");
  const me = useMe();
  const say = useSay();
  const { member, organisation } = props;
  const self = member.user_id === me.session.user.id;
  const path = { organisation_id: organisation.id, user_id: member.user_id };
  const told = (message: string): void => void notifications.show({ message });
  const failed = (error: Error): void => void notifications.show({ message: say(error), color: "red", autoClose: 8000 });
  const invalidates = (): string[][] => [["organisations", organisation.id, "members"]];
  const resume = useChange({
    send: (_: null, header) =>
      must(api.POST("/organisations/{organisation_id}/members/{user_id}/resume", { params: { path, header } })),
    invalidates,
    onDone: () => told(t("users.resumed", { name: member.name })),
  });
  const renew = useChange({
    send: (_: null, header) =>
      must(api.POST("/organisations/{organisation_id}/members/{user_id}/renew-activation", { params: { path, header } })),
    invalidates,
    onDone: (renewed) =>
      renewed.email === null
        ? props.open({ what: "link", member: renewed })
        : told(t("users.linkMailed", { email: renewed.email })),
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("users.actions", { name: member.name })}>
          <IconDots size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => props.open({ what: "roles", member })}>{t("users.changeRoles")}</Menu.Item>
        {!member.activated && member.email === null && (
          <Menu.Item onClick={() => props.open({ what: "link", member })}>{t("users.showLink")}</Menu.Item>
        )}
        {!member.activated && (
          <Menu.Item onClick={() => renew.mutate(null, { onError: failed })}>
            {t(member.email === null ? "users.newLink" : "users.mailLink")}
          </Menu.Item>
        )}
        {member.status === "suspended" && (
          <Menu.Item onClick={() => resume.mutate(null, { onError: failed })}>{t("users.resume")}</Menu.Item>
        )}
        {!self && member.status === "active" && (
          <Menu.Item onClick={() => props.open({ what: "suspend", member })}>{t("users.suspend")}</Menu.Item>
        )}
        {!self && (
          <Menu.Item color="red" onClick={() => props.open({ what: "remove", member })}>
            {t("users.remove")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function OpenInvitations(props: { organisation: Organisation; open: (opened: Opened) => void }): ReactNode {
  const { t } = useTranslation("organisation");
  const say = useSay();
  const { moment } = useFormats();
  const found = useInfiniteQuery(openInvitationsQuery(props.organisation.id));
  const resend = useChange({
    send: (invitation: Invitation, header) =>
      must(
        api.POST("/invitations/{invitation_id}/resend", { params: { path: { invitation_id: invitation.id }, header } }),
      ),
    invalidates: () => [["organisations", props.organisation.id, "invitations"]],
    onDone: (_, invitation) => notifications.show({ message: t("invitations.resent", { email: invitation.email }) }),
  });
  const open = found.data?.pages.flatMap((page) => page.items) ?? [];
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="open-invitations">
      <Title order={2} id="open-invitations" mb="xs">
        {t("invitations.title")}
      </Title>
      <LineTable
        caption={t("invitations.title")}
        lines={open}
        keyOf={(invitation) => invitation.id}
        columns={[
          {
            id: "name",
            title: t("users.name"),
            cell: (invitation) => (
              <div>
                <strong>{invitation.name}</strong>
                <Text size="sm" c="dimmed" fw={400} style={{ overflowWrap: "anywhere" }}>
                  {invitation.email}
                </Text>
              </div>
            ),
          },
          {
            id: "roles",
            title: t("users.roles"),
            cell: (invitation) => invitation.roles.map((role) => t(`roles.${role}.name`)).join(", "),
          },
          {
            id: "until",
            title: t("invitations.until"),
            cell: (invitation) =>
              new Date(invitation.expires_at) < new Date() ? (
                <Badge meaning="refused">{t("invitations.over")}</Badge>
              ) : (
                moment(invitation.expires_at)
              ),
          },
          {
            id: "by",
            title: t("invitations.by"),
            cell: (invitation) => invitation.invited_by.name,
            wideOnly: true,
          },
          {
            id: "actions",
            title: t("actions"),
            numeric: true,
            cell: (invitation) => (
              <Group gap={4} justify="flex-end">
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={t("invitations.resendOne", { name: invitation.name })}
                  loading={resend.isPending && resend.variables.id === invitation.id}
                  onClick={() =>
                    resend.mutate(invitation, {
                      onError: (error) => notifications.show({ message: say(error), color: "red", autoClose: 8000 }),
                    })
                  }
                >
                  {t("invitations.resend")}
                </Button>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t("invitations.withdrawOne", { name: invitation.name })}
                  onClick={() => props.open({ what: "withdraw", invitation })}
                >
                  {t("invitations.withdraw")}
                </Button>
              </Group>
            ),
          },
        ]}
      />
      {found.hasNextPage && (
        <Button mt="xs" variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </section>
  );
}
