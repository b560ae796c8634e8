/** A supplier credits an invoice: goods that came back, or money because a price was too high. */
import { Anchor, Button, Group, NativeSelect, Radio, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { IconArrowLeft } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { useReason } from "@/invoices/Adjustments";
import classes from "@/invoices/InvoiceEditor.module.css";
import { invoiceQuery, type Invoice, type InvoiceLine } from "@/invoices/queries";
import { today } from "@/invoices/Steps";
import { readCredit } from "@/money/crediting";
import { useUnit } from "@/orders/units";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { minus } from "@/ui/decimal";
import { DocumentWaiting, Sheet } from "@/ui/DocumentPage";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Money, Quantity, useFormats } from "@/ui/numbers";
import "@mantine/core/styles/RadioIndicator.css";
import "@mantine/core/styles/Radio.css";

export function NewCreditNotePage(): ReactNode {
  const { invoiceId = "" } = useParams();
  const me = useMe();
  const invoice = useQuery(invoiceQuery(invoiceId));
  if (!me.can("supplier-user", "supplier-admin")) return <NotFoundPage />;
  if (invoice.isPending) return <DocumentWaiting />;
  if (invoice.data === undefined) return <ErrorState error={invoice.error} again={() => void invoice.refetch()} />;
  return <Form key={invoice.data.id} invoice={invoice.data} />;
}

function Form({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("money");
  const say = useSay();
  const unit = useUnit();
  const { money } = useFormats();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [parts, setParts] = useState<Record<string, string>>({});
  const form = useForm({
    initialValues: { number: "", reason: "", issue_date: today(), basis: "quantity" as Schemas["CreditBasis"], dispute_id: "" },
  });
  const { basis } = form.values;
  const places = invoice.amount_places;
  usePageTitle(t("credit.new", { number: invoice.number }));
  const read = readCredit(parts, invoice, basis);
  const reason = useReason();
  const charges = invoice.adjustments.filter((one) => one.kind === "charge");
  const nothing = read.lines.length === 0 && read.charges.length === 0;
  const answerable = invoice.disputes.filter((one) => one.outcome !== "released" && !one.credit_note_id);
  const left = minus(read.gross, invoice.open);
  const spoken = (amount: string): string => `${money(amount, places)} ${invoice.currency}`;

  const issue = useChange({
    send: (body: Schemas["IssueCreditNote"], header) =>
      must(api.POST("/invoices/{invoice_id}/credit-notes", { params: { path: { invoice_id: invoice.id }, header }, body })),
    invalidates: () => [["credit-notes"], ["payments"], ["invoices"], ["balances"], ["orders", invoice.order_id, "invoiced"]],
    onDone: (note) => void navigate(`/credit-notes/${note.id}`, { replace: true }),
  });
  useLeaveWarning(form.isDirty() && !issue.isPending && !issue.isSuccess);

  const columns: LineColumn<InvoiceLine>[] = [
    { id: "what", title: t("credit.what"), cell: (line) => line.description },
    {
      id: "left",
      title: t("credit.left"),
      cell: (line) =>
        basis === "quantity" ? (
          <Quantity amount={minus(line.quantity, line.credited_quantity)} unit={unit(line.unit)} />
        ) : (
          <Money amount={minus(line.net, line.credited_net)} places={places} />
        ),
      numeric: true,
    },
    {
      id: "part",
      title: t(basis === "quantity" ? "credit.quantity" : "credit.net", { currency: invoice.currency }),
      cell: (line) => {
        const fault = read.faults[String(line.number)];
        return (
          <TextInput
            aria-label={t("credit.partOf", { number: line.number })}
            inputMode="decimal"
            value={parts[line.number] ?? ""}
            onChange={(event) => setParts({ ...parts, [line.number]: event.currentTarget.value })}
            error={fault && t(`new.${fault}`, { amount: basis === "quantity" ? minus(line.quantity, line.credited_quantity) : money(minus(line.net, line.credited_net), places) })}
            styles={{ input: { textAlign: "right", width: 130, marginLeft: "auto" } }}
          />
        );
      },
      numeric: true,
    },
  ];

  const ofCharges: LineColumn<Schemas["DocumentAdjustment"]>[] = [
    { id: "what", title: t("credit.charge"), cell: reason },
    {
      id: "left",
      title: t("credit.left"),
      cell: (one) => <Money amount={minus(one.amount, one.credited)} places={places} />,
      numeric: true,
    },
    {
      id: "part",
      title: t("credit.net", { currency: invoice.currency }),
      cell: (one) => {
        const name = `c${one.number}`;
        const fault = read.faults[name];
        return (
          <TextInput
            aria-label={t("credit.partOfCharge", { reason: reason(one) })}
            inputMode="decimal"
            value={parts[name] ?? ""}
            onChange={(event) => setParts({ ...parts, [name]: event.currentTarget.value })}
            error={fault && t(`new.${fault}`, { amount: money(minus(one.amount, one.credited), places) })}
            styles={{ input: { textAlign: "right", width: 130, marginLeft: "auto" } }}
          />
        );
      },
      numeric: true,
    },
  ];

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        if (!values.number.trim()) form.setFieldError("number", t("credit.numberNeeded"));
        else if (!values.reason.trim()) form.setFieldError("reason", t("credit.reasonNeeded"));
        else if (Object.keys(read.faults).length > 0) setRefusal(t("new.partsWrong"));
        else if (nothing) setRefusal(t("credit.nothing"));
        else
          issue.mutate(
            {
              number: values.number.trim(),
              basis,
              reason: values.reason.trim(),
              issue_date: values.issue_date || null,
              dispute_id: values.dispute_id || null,
              lines: read.lines,
              charges: read.charges,
            },
            { onError: (error) => setRefusal(showFaults(form, error, say)) },
          );
      })}
    >
      <Stack gap="md">
        <Anchor component={Link} to={`/invoices/${invoice.id}`} size="sm" className={classes.back}>
          <IconArrowLeft size={16} stroke={1.6} />
          {t("credit.back", { number: invoice.number })}
        </Anchor>
        <Title order={1}>{t("credit.new", { number: invoice.number })}</Title>
        <Sheet>
          <Stack gap="md">
            <Radio.Group
              label={t("credit.basis")}
              {...form.getInputProps("basis")}
              onChange={(value) => {
                form.setFieldValue("basis", value as Schemas["CreditBasis"]);
                setParts({});
              }}
            >
              <Stack gap={6} mt={6}>
                <Radio value="quantity" label={t("credit.basisQuantity")} />
                <Radio value="value" label={t("credit.basisValue")} />
              </Stack>
            </Radio.Group>
            <Group align="flex-start" gap="md">
              <TextInput label={t("credit.number")} maxLength={35} size="md" data-autofocus {...form.getInputProps("number")} />
              <TextInput type="date" label={t("credit.date")} min={invoice.issue_date} max={today()} size="md" {...form.getInputProps("issue_date")} />
              {answerable.length > 0 && (
                <NativeSelect
                  label={t("credit.dispute")}
                  size="md"
                  data={[
                    { value: "", label: t("credit.noDispute") },
                    ...answerable.map((one) => ({ value: one.id, label: t("credit.ofLine", { line: one.line, note: one.note.slice(0, 60) }) })),
                  ]}
                  {...form.getInputProps("dispute_id")}
                />
              )}
            </Group>
            <Textarea label={t("credit.reason")} autosize minRows={2} maxLength={1000} size="md" {...form.getInputProps("reason")} />
          </Stack>
        </Sheet>
        <LineTable caption={t("credit.lines")} columns={columns} lines={invoice.lines} keyOf={(line) => line.number} />
        {charges.length > 0 && <LineTable caption={t("credit.charges")} columns={ofCharges} lines={charges} keyOf={(one) => one.number} />}
        {charges.length < invoice.adjustments.length && (
          <Text size="sm" c="dimmed">
            {t("credit.allowances")}
          </Text>
        )}
        <Refusal>{refusal}</Refusal>
        <Group justify="space-between">
          <Text fw={600} role="status">
            {nothing
              ? " "
              : left.startsWith("-") || left === "0"
                ? t("credit.lowers", { gross: spoken(read.gross) })
                : t("credit.leavesAdvance", { gross: spoken(read.gross), advance: spoken(left) })}
          </Text>
          <Button type="submit" loading={issue.isPending}>
            {t("credit.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
