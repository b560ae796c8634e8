import { Button, Group, Modal, NativeSelect, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { IconPlus } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must } from "@/api/client";
import { useMe } from "@/api/session";
import { today } from "@/invoices/Steps";
import { deputyshipsQuery, type Deputyship } from "@/waiting/queries";
import { Coming } from "@/ui/Coming";
import { Confirm } from "@/ui/Confirm";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

/** Who decides on whose invoices while they are away. */
export function Absences(): ReactNode {
  const { t } = useTranslation("waiting");
  const me = useMe();
  const found = useQuery(deputyshipsQuery);
  const [naming, setNaming] = useState(false);
  const [ending, setEnding] = useState<Deputyship | null>(null);
  if (found.data === undefined)
    return found.isError ? <ErrorState error={found.error} again={() => void found.refetch()} /> : <Coming />;
  const { items, colleagues } = found.data;
  const mine = (one: Deputyship): boolean =>
    me.can("buyer-admin") || [one.principal.id, one.deputy.id].includes(me.session.user.id);
  const columns: LineColumn<Deputyship>[] = [
    { id: "away", title: t("absence.away"), cell: (one) => <strong>{one.principal.name}</strong> },
    { id: "deputy", title: t("absence.deputy"), cell: (one) => one.deputy.name },
    {
      id: "days",
      title: t("absence.days"),
      cell: (one) => (
        <>
          <Day day={one.first_day} /> – <Day day={one.last_day} />
        </>
      ),
    },
    {
      id: "state",
      title: t("absence.state"),
      cell: (one) => (
        <Badge meaning={one.first_day <= today() ? "accepted" : "waiting"}>
          {t(one.first_day <= today() ? "absence.holds" : "absence.will")}
        </Badge>
      ),
    },
    { id: "note", title: t("absence.note"), cell: (one) => one.note || "–" },
    {
      id: "actions",
      title: t("absence.actions"),
      numeric: true,
      cell: (one) =>
        mine(one) ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-label={t("absence.endOne", { name: one.principal.name })}
            onClick={() => setEnding(one)}
          >
            {t("absence.end")}
          </Button>
        ) : null,
    },
  ];
  return (
    <section aria-labelledby="absences">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} id="absences">
            {t("absence.title")}
          </Title>
          <Text c="dimmed" maw={640}>
            {t("absence.text")}
          </Text>
        </div>
        <Button leftSection={<IconPlus size={16} />} onClick={() => setNaming(true)}>
          {t("absence.name")}
        </Button>
      </Group>
      {items.length === 0 ? (
        <Sheet>
          <EmptyState title={t("absence.emptyTitle")} text={t("absence.emptyText")} />
        </Sheet>
      ) : (
        <LineTable caption={t("absence.title")} columns={columns} lines={items} keyOf={(one) => one.id} />
      )}
      {naming && <NameDeputy colleagues={colleagues} onClose={() => setNaming(false)} />}
      {ending !== null && <EndDeputyship deputyship={ending} onClose={() => setEnding(null)} />}
    </section>
  );
}

function NameDeputy(props: { colleagues: readonly { id: string; name: string }[]; onClose: () => void }): ReactNode {
  const { t } = useTranslation("waiting");
  const say = useSay();
  const me = useMe();
  const [refusal, setRefusal] = useState<string | null>(null);
  const own = me.session.user.id;
  const form = useForm({ initialValues: { principal_id: own, deputy_id: "", first_day: today(), last_day: "", note: "" } });
  const deputies = props.colleagues.filter((one) => one.id !== form.values.principal_id);
  const name = useChange({
    send: (body: typeof form.values, header) => must(api.POST("/deputyships", { params: { header }, body })),
    invalidates: () => [["deputyships"], ["invoices"]],
    onDone: props.onClose,
  });
  return (
    <Modal opened onClose={props.onClose} title={t("absence.name")} size="lg" closeOnClickOutside={false} closeButtonProps={{ "aria-label": t("back") }}>
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          const faults = {
            ...(values.deputy_id ? {} : { deputy_id: t("absence.deputyNeeded") }),
            ...(values.first_day ? {} : { first_day: t("absence.dayNeeded") }),
            ...(values.last_day ? {} : { last_day: t("absence.dayNeeded") }),
          };
          if (Object.keys(faults).length > 0) form.setErrors(faults);
          else name.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
        })}
      >
        <Stack gap="md">
          <Text>{t("absence.consequence")}</Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {me.can("buyer-admin") && (
              <NativeSelect
                label={t("absence.away")}
                size="md"
                data={props.colleagues.map((one) => ({ value: one.id, label: one.name }))}
                {...form.getInputProps("principal_id")}
              />
            )}
            <NativeSelect
              label={t("absence.deputy")}
              size="md"
              data={[{ value: "", label: t("absence.choose") }, ...deputies.map((one) => ({ value: one.id, label: one.name }))]}
              {...form.getInputProps("deputy_id")}
            />
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput type="date" label={t("absence.first")} size="md" min={today()} {...form.getInputProps("first_day")} />
            <TextInput type="date" label={t("absence.last")} size="md" min={form.values.first_day} {...form.getInputProps("last_day")} />
          </SimpleGrid>
          <TextInput label={t("absence.noteLabel")} size="md" maxLength={200} {...form.getInputProps("note")} />
          <Refusal>{refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {t("back")}
            </Button>
            <Button type="submit" loading={name.isPending}>
              {t("absence.name")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function EndDeputyship({ deputyship, onClose }: { deputyship: Deputyship; onClose: () => void }): ReactNode {
  const { t } = useTranslation("waiting");
  const end = useChange({
    send: (_: null, header) =>
      must(
        api.POST("/deputyships/{deputyship_id}/end", {
          params: { path: { deputyship_id: deputyship.id }, header: { ...header, "If-Match": etag(deputyship) } },
        }),
      ),
    invalidates: () => [["deputyships"], ["invoices"]],
    onDone: onClose,
  });
  return (
    <Confirm
      opened
      title={t("absence.endTitle", { name: deputyship.principal.name })}
      word={t("absence.end")}
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate(null)}
      onClose={onClose}
    >
      {t("absence.endText", { deputy: deputyship.deputy.name, name: deputyship.principal.name })}
    </Confirm>
  );
}
