import { ActionIcon, Button, Checkbox, Group, NumberInput, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { waitingRulesQuery, WEEKDAYS, type WaitingRules as Rules } from "@/waiting/queries";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";
import "@mantine/core/styles/NumberInput.css";

const DEADLINES = ["remind_after", "remind_every", "answer_within", "escalate_after", "nudge_every"] as const;

/** The working calendar of the organisation, and after how many working days something is done. */
export function WaitingRules({ organisation }: { organisation: { id: string } }): ReactNode {
  const { t } = useTranslation("waiting");
  const found = useQuery(waitingRulesQuery(organisation.id));
  if (found.data === undefined)
    return found.isError ? <ErrorState error={found.error} again={() => void found.refetch()} /> : <Coming height={420} />;
  return (
    <section aria-labelledby="waiting-rules">
      <Title order={2} id="waiting-rules">
        {t("rules.title")}
      </Title>
      <Text c="dimmed" maw={640} mb="sm">
        {t("rules.text")}
      </Text>
      <Form key={found.data.sequence} rules={found.data} />
    </section>
  );
}

function Form({ rules }: { rules: Rules }): ReactNode {
  const { t } = useTranslation("waiting");
  const me = useMe();
  const say = useSay();
  const may = me.can("supplier-manager", "buyer-admin");
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm<{ terms: Schemas["WaitingTerms"] }>({ initialValues: { terms: rules.terms } });
  useLeaveWarning(form.isDirty());
  const change = useChange({
    send: (terms: Schemas["WaitingTerms"], header) =>
      must(
        api.PUT("/customers/{customer_id}/waiting-rules", {
          params: { path: { customer_id: rules.customer.id }, header: { ...header, "If-Match": etag(rules) } },
          body: { terms },
        }),
      ),
    invalidates: () => [["waiting-rules"], ["invoices"]],
    onDone: () => notifications.show({ message: t("rules.done"), withCloseButton: false }),
  });
  const { terms } = form.values;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        change.mutate(values.terms, { onError: (error) => setRefusal(showFaults(form, error, say)) });
      })}
    >
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="md">
          <Sheet title={t("rules.calendar")}>
            <Stack gap="md" mt="sm">
              <SimpleGrid cols={{ base: 1, sm: 3 }}>
                <TextInput label={t("rules.zone")} description={t("rules.zoneHint")} size="md" {...form.getInputProps("terms.time_zone")} />
                <TextInput type="time" label={t("rules.opens")} description=" " size="md" {...form.getInputProps("terms.opens")} />
                <TextInput type="time" label={t("rules.closes")} description=" " size="md" {...form.getInputProps("terms.closes")} />
              </SimpleGrid>
              <Checkbox.Group label={t("rules.week")} {...form.getInputProps("terms.working_days")}>
                <Group gap="md" mt={6}>
                  {WEEKDAYS.map((day) => (
                    <Checkbox key={day} value={day} label={t(`weekdays.${day}`)} />
                  ))}
                </Group>
              </Checkbox.Group>
            </Stack>
          </Sheet>
          <Sheet title={t("rules.holidays")}>
            <Stack gap="xs" mt="sm">
              {terms.holidays.length === 0 && <Text c="dimmed">{t("rules.noHolidays")}</Text>}
              {terms.holidays.map((_, place) => (
                <Group key={place} gap="xs" align="flex-start" wrap="nowrap">
                  <TextInput type="date" aria-label={t("rules.holidayDay", { place: place + 1 })} {...form.getInputProps(`terms.holidays.${place}.day`)} />
                  <TextInput
                    style={{ flex: 1 }}
                    aria-label={t("rules.holidayName", { place: place + 1 })}
                    maxLength={200}
                    {...form.getInputProps(`terms.holidays.${place}.name`)}
                  />
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="lg"
                    aria-label={t("rules.removeHoliday", { place: place + 1 })}
                    onClick={() => form.removeListItem("terms.holidays", place)}
                  >
                    <IconX size={16} />
                  </ActionIcon>
                </Group>
              ))}
              {may && (
                <div>
                  <Button
                    variant="default"
                    leftSection={<IconPlus size={16} />}
                    onClick={() => form.insertListItem("terms.holidays", { day: "", name: "" })}
                  >
                    {t("rules.addHoliday")}
                  </Button>
                </div>
              )}
            </Stack>
          </Sheet>
          <Sheet title={t("rules.deadlines")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }} mt="sm">
              {DEADLINES.map((deadline) => (
                <NumberInput
                  key={deadline}
                  label={t(`rules.${deadline}`)}
                  min={1}
                  max={60}
                  allowDecimal={false}
                  size="md"
                  {...form.getInputProps(`terms.${deadline}`)}
                />
              ))}
            </SimpleGrid>
          </Sheet>
          <Refusal>{refusal}</Refusal>
          {may ? (
            <Group>
              <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
                {t("rules.save")}
              </Button>
            </Group>
          ) : (
            <Text c="dimmed">{t("rules.who")}</Text>
          )}
          {rules.changed_by !== null && rules.changed_at !== null && (
            <Text size="sm" c="dimmed">
              {t("rules.changed", { name: rules.changed_by.name })} <Moment at={rules.changed_at} />
            </Text>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
