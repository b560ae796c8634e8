/** One payment for any number of a supplier's invoices; what is over is an advance. */
import { Anchor, Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import classes from "@/invoices/InvoiceEditor.module.css";
import { today } from "@/invoices/Steps";
import { AllocationTable } from "@/money/AllocationTable";
import { inOrder, readParts } from "@/money/allocating";
import { AFTER_PAYING, payableQuery } from "@/money/queries";
import { usePartners } from "@/orders/OrdersPage";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { compare, minus, scaled, typed } from "@/ui/decimal";
import { Sheet } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useLeaveWarning, useSay } from "@/ui/form";
import { useFormats } from "@/ui/numbers";

export function NewPaymentPage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  usePageTitle(t("new.title"));
  if (!me.can("buyer-accounting", "buyer-admin")) return <NotFoundPage />;
  return <Form />;
}

function Form(): ReactNode {
  const { t } = useTranslation("money");
  const say = useSay();
  const { money } = useFormats();
  const navigate = useNavigate();
  const partners = usePartners();
  const [asked] = useSearchParams();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [parts, setParts] = useState<Record<string, string>>({});
  const [byHand, setByHand] = useState(false);
  const form = useForm({
    initialValues: { supplier_id: asked.get("supplier") ?? "", currency: "", amount: "", paid_on: today(), reference: "" },
  });
  const { supplier_id: supplier, amount: amountText } = form.values;
  const found = useQuery({ ...payableQuery(supplier), enabled: supplier !== "" });
  const all = found.data?.items ?? [];
  const currencies = [...new Set(all.map((one) => one.currency))].sort();
  const currency = form.values.currency || (currencies[0] ?? "EUR");
  const invoices = all.filter((one) => one.currency === currency);
  const amount = typed(amountText);
  const read = readParts(parts, invoices);
  const left = amount === null ? null : minus(amount, read.total);
  const spoken = (number: string): string => `${money(number)} ${currency}`;
  const name = partners.find((one) => one.value === supplier)?.label ?? "";

  const record = useChange({
    send: (body: Schemas["RecordPayment"], header) => must(api.POST("/payments", { params: { header }, body })),
    invalidates: () => AFTER_PAYING,
    onDone: (payment) => void navigate(`/payments/${payment.id}`, { replace: true }),
  });
  useLeaveWarning(amountText !== "" && !record.isPending && !record.isSuccess);

  const typeAmount = (text: string): void => {
    form.setFieldValue("amount", text);
    const whole = typed(text);
    // Until somebody says otherwise, the money pays what is due first.
    if (!byHand) setParts(whole === null ? {} : inOrder(whole, invoices));
  };

  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        if (supplier === "") form.setFieldError("supplier_id", t("new.supplierNeeded"));
        else if (amount === null || scaled(amount) <= 0n) form.setFieldError("amount", t("new.amountNeeded"));
        else if (!values.paid_on) form.setFieldError("paid_on", t("new.dayNeeded"));
        else if (Object.keys(read.faults).length > 0) setRefusal(t("new.partsWrong"));
        else if (compare(read.total, amount) > 0) setRefusal(t("new.tooMuchAllocated", { total: spoken(read.total), amount: spoken(amount) }));
        else
          record.mutate(
            {
              supplier_id: supplier,
              currency,
              amount,
              paid_on: values.paid_on,
              reference: values.reference.trim(),
              allocations: read.parts,
            },
            { onError: (error) => setRefusal(showFaults(form, error, say)) },
          );
      })}
    >
      <Stack gap="md">
        <Anchor component={Link} to="/payments" size="sm" className={classes.back}>
          <IconArrowLeft size={16} stroke={1.6} />
          {t("title")}
        </Anchor>
        <Title order={1}>{t("new.title")}</Title>
        <Sheet>
          <Group align="flex-start" gap="md">
            <NativeSelect
              label={t("new.supplier")}
              size="md"
              data={[{ value: "", label: t("new.choose") }, ...partners]}
              {...form.getInputProps("supplier_id")}
              onChange={(event) => {
                form.setFieldValue("supplier_id", event.currentTarget.value);
                form.setFieldValue("currency", "");
                setParts({});
                setByHand(false);
              }}
            />
            <TextInput
              label={t("new.amount", { currency })}
              inputMode="decimal"
              size="md"
              {...form.getInputProps("amount")}
              onChange={(event) => typeAmount(event.currentTarget.value)}
            />
            {currencies.length > 1 && (
              <NativeSelect label={t("new.currency")} size="md" data={currencies} value={currency} onChange={(event) => {
                form.setFieldValue("currency", event.currentTarget.value);
                setParts({});
              }} />
            )}
            <TextInput type="date" label={t("new.day")} max={today()} size="md" {...form.getInputProps("paid_on")} />
            <TextInput label={t("new.reference")} maxLength={200} size="md" {...form.getInputProps("reference")} />
          </Group>
        </Sheet>
        {supplier !== "" && found.isSuccess && invoices.length === 0 && <Text>{t("new.nothingOpen", { name })}</Text>}
        {invoices.length > 0 && (
          <AllocationTable
            invoices={invoices}
            currency={currency}
            amount={amount ?? "0"}
            typed={parts}
            onType={(next) => {
              setByHand(true);
              setParts(next);
            }}
          />
        )}
        <Refusal>{refusal}</Refusal>
        <Group justify="space-between">
          <Text fw={600} role="status">
            {left === null || scaled(left) < 0n
              ? " "
              : scaled(left) === 0n
                ? t("new.allAllocated", { count: read.parts.length })
                : t("new.leaves", { count: read.parts.length, left: spoken(left) })}
          </Text>
          <Button type="submit" loading={record.isPending}>
            {t("new.confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
