/** A reconciliation statement is begun, or its draft is changed: of which time, and what is said with it. */
import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { balanceQuery } from "@/invoices/queries";
import { today } from "@/invoices/Steps";
import { firstOfMonth } from "@/money/accounts";
import { usePartners } from "@/orders/OrdersPage";
import { AFTER_STEP, reconciliationQuery, type Statement } from "@/reconciling/queries";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { BackLink, DocumentWaiting, Sheet } from "@/ui/DocumentPage";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";

export function NewReconciliationPage(): ReactNode {
  const me = useMe();
  if (!me.can("buyer-accounting", "buyer-admin", "supplier-user", "supplier-admin")) return <NotFoundPage />;
  return <Form draft={null} />;
}

export function EditReconciliationPage(): ReactNode {
  const { id = "" } = useParams();
  const found = useQuery(reconciliationQuery(id));
  if (found.isPending) return <DocumentWaiting />;
  if (found.data === undefined) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  if (found.data.reconciliation.status !== "draft") return <NotFoundPage />;
  return <Form key={id} draft={found.data} />;
}

type Wish = {
  partner: string;
  currency: string;
  date_from: string;
  date_to: string;
  note: string;
};

function Form({ draft }: { draft: Statement | null }): ReactNode {
  const { t } = useTranslation("reconciling");
  const say = useSay();
  const me = useMe();
  const navigate = useNavigate();
  const partners = usePartners();
  const [asked] = useSearchParams();
  const [refusal, setRefusal] = useState<string | null>(null);
  const head = draft?.reconciliation;
  usePageTitle(t(head ? "new.edit" : "new.title"));
  const other = head && (me.kind === "supplier" ? head.customer : head.supplier);
  const form = useForm<Wish>({
    initialValues: {
      partner: other?.id ?? asked.get("partner") ?? "",
      currency: head?.currency ?? asked.get("currency") ?? "",
      date_from: head?.date_from ?? asked.get("date_from") ?? firstOfMonth(today()),
      date_to: head?.date_to ?? asked.get("date_to") ?? today(),
      note: head?.note ?? "",
    },
  });
  const { partner } = form.values;
  const balance = useQuery({ ...balanceQuery(partner), enabled: partner !== "" });
  const currencies = balance.data?.balances.map((one) => one.currency) ?? [];
  const currency = form.values.currency || (currencies[0] ?? "EUR");
  const write = useChange({
    send: ({ partner: partnerId, ...wish }: Wish, header): Promise<Statement> =>
      draft === null
        ? must(api.POST("/reconciliations", { params: { header }, body: { partner_id: partnerId, ...wish } satisfies Schemas["DraftReconciliation"] }))
        : must(
            api.PUT("/reconciliations/{reconciliation_id}", {
              params: { path: { reconciliation_id: draft.reconciliation.id }, header: { ...header, "If-Match": etag(draft) } },
              body: { date_from: wish.date_from, date_to: wish.date_to, note: wish.note },
            }),
          ),
    invalidates: () => AFTER_STEP,
    onDone: (made) => void navigate(`/reconciliations/${made.reconciliation.id}`, { replace: true }),
  });
  useLeaveWarning(form.isDirty() && !write.isPending && !write.isSuccess);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        if (partner === "") form.setFieldError("partner", t("new.partnerNeeded"));
        else if (!values.date_from) form.setFieldError("date_from", t("new.dayNeeded"));
        else if (!values.date_to) form.setFieldError("date_to", t("new.dayNeeded"));
        else if (values.date_from > values.date_to) form.setFieldError("date_to", t("new.endsBefore"));
        else
          write.mutate(
            { ...values, currency, note: values.note.trim() },
            { onError: (error) => setRefusal(showFaults(form, error, say)) },
          );
      })}
    >
      <Stack gap="md">
        <BackLink to={head ? `/reconciliations/${head.id}` : "/reconciliations"}>{t(head ? "draft" : "title")}</BackLink>
        <Title order={1}>{t(head ? "new.edit" : "new.title")}</Title>
        <Sheet>
          <Stack gap="md">
            <Group align="flex-start" gap="md">
              {head && other ? (
                <div>
                  <Text size="sm" c="dimmed">
                    {t("columns.partner")}
                  </Text>
                  <Text fw={600}>{other.name}</Text>
                </div>
              ) : (
                <NativeSelect
                  label={t("columns.partner")}
                  size="md"
                  data={[{ value: "", label: t("new.choose") }, ...partners]}
                  {...form.getInputProps("partner")}
                  onChange={(event) => form.setValues({ partner: event.currentTarget.value, currency: "" })}
                />
              )}
              {!head && currencies.length > 1 && (
                <NativeSelect
                  label={t("new.currency")}
                  size="md"
                  data={currencies}
                  value={currency}
                  onChange={(event) => form.setFieldValue("currency", event.currentTarget.value)}
                />
              )}
              <TextInput type="date" label={t("new.from")} size="md" max={form.values.date_to} {...form.getInputProps("date_from")} />
              <TextInput type="date" label={t("new.to")} size="md" min={form.values.date_from} max={today()} {...form.getInputProps("date_to")} />
            </Group>
            <Textarea label={t("new.note")} autosize minRows={2} maxLength={4000} size="md" {...form.getInputProps("note")} />
          </Stack>
        </Sheet>
        <Refusal>{refusal}</Refusal>
        <Group justify="space-between">
          <Text c="dimmed">{t("new.consequence")}</Text>
          <Button type="submit" loading={write.isPending}>
            {t(head ? "new.save" : "new.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
