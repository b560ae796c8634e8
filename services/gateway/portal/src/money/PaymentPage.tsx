/** One payment as both sides see it: the invoices it paid, what is left, and whether it was taken back. */
import { Alert, Anchor, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useChange } from "@/api/change";
import { api, etag, must, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { AllocationTable } from "@/money/AllocationTable";
import { readParts } from "@/money/allocating";
import { AFTER_PAYING, payableQuery, paymentQuery, type Payment } from "@/money/queries";
import { NotFoundPage } from "@/shell/pages";
import { compare, minus } from "@/ui/decimal";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Moment, Money, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { StatusBadge } from "@/ui/StatusBadge";

export function PaymentPage(): ReactNode {
  const { paymentId = "" } = useParams();
  const payment = useQuery(paymentQuery(paymentId));
  if (payment.isPending) return <DocumentWaiting />;
  if (payment.data === undefined) {
    if (payment.error instanceof Problem && payment.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={payment.error} again={() => void payment.refetch()} />;
  }
  return <Shown payment={payment.data} />;
}

function Shown({ payment }: { payment: Payment }): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const { day, moment } = useFormats();
  const other = me.kind === "supplier" ? payment.customer : payment.supplier;
  const pays = me.can("buyer-accounting", "buyer-admin");
  const reversed = payment.status === "reversed";
  return (
    <DocumentPage
      kind={t("payment")}
      title={payment.reference || day(payment.paid_on)}
      status={<StatusBadge kind="payment" status={payment.status} large />}
      subtitle={
        <>
          {me.kind === "operator" ? other.name : <Anchor component={Link} to={`/balances/${other.id}`}>{other.name}</Anchor>}
          {" · "}
          {t("paidOn", { day: day(payment.paid_on) })}
        </>
      }
      sum={<Money amount={payment.amount} currency={payment.currency} />}
      actions={
        pays &&
        !reversed && (
          <>
            {payment.status === "advance" && <Allocate payment={payment} />}
            <Reverse payment={payment} />
          </>
        )
      }
      files={`/payments/${payment.id}/document`}
      back={{ to: "/payments", label: t("title") }}
      notice={
        reversed ? (
          <Alert color="gray" variant="light" title={t("reversed.title", { name: payment.reversed_by?.name, at: moment(payment.reversed_at ?? "") })}>
            {payment.reversal_reason}
          </Alert>
        ) : undefined
      }
      bodyLabel={t("allocations")}
      details={
        <Sheet>
          <Stack gap="md">
            <Parties customer={payment.customer} supplier={payment.supplier} />
            <Facts
              facts={[
                [t("facts.paidOn"), <Day key="day" day={payment.paid_on} />],
                [t("facts.registered"), <span key="by">{payment.registered_by.name}, <Moment at={payment.registered_at} /></span>],
              ]}
            />
          </Stack>
        </Sheet>
      }
      sections={[]}
    >
      <Allocations payment={payment} />
    </DocumentPage>
  );
}

function Allocations({ payment }: { payment: Payment }): ReactNode {
  const { t } = useTranslation("money");
  const columns: LineColumn<Schemas["Allocation"]>[] = [
    {
      id: "invoice",
      title: t("columns.invoice"),
      cell: (one) => (
        <Link to={`/invoices/${one.invoice_id}`} style={{ color: "var(--mantine-color-anchor)", fontWeight: 600 }}>
          {one.invoice_number}
        </Link>
      ),
    },
    { id: "day", title: t("columns.day"), cell: (one) => <Day day={one.allocated_on} /> },
    { id: "by", title: t("columns.by"), cell: (one) => one.allocated_by.name, wideOnly: true },
    { id: "amount", title: t("columns.amountIn", { currency: payment.currency }), cell: (one) => <Money amount={one.amount} />, numeric: true },
  ];
  if (payment.allocations.length === 0)
    return (
      <Sheet title={t("allocations")}>
        <Text c="dimmed">{t("noAllocations")}</Text>
      </Sheet>
    );
  return (
    <LineTable
      caption={t("allocations")}
      columns={columns}
      lines={payment.allocations}
      keyOf={(one) => one.id}
      totals={[
        [t("allocated"), <Money key="allocated" amount={payment.allocated} />],
        [t("advanceLeft"), <Money key="advance" amount={payment.advance} />],
        [t("paymentIn", { currency: payment.currency }), <Money key="amount" amount={payment.amount} />],
      ]}
    />
  );
}

function Reverse({ payment }: { payment: Payment }): ReactNode {
  const { t } = useTranslation("money");
  const say = useSay();
  const { money } = useFormats();
  const [opened, setOpened] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { reason: "" } });
  const reverse = useChange({
    send: (reason: string, header) =>
      must(
        api.POST("/payments/{payment_id}/reverse", {
          params: { path: { payment_id: payment.id }, header: { ...header, "If-Match": etag(payment) } },
          body: { reason },
        }),
      ),
    invalidates: () => AFTER_PAYING,
    onDone: () => setOpened(false),
  });
  return (
    <>
      <Button variant="default" onClick={() => { setRefusal(null); setOpened(true); }}>
        {t("reverse.button")}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={t("reverse.title")} closeButtonProps={{ "aria-label": t("close") }}>
        <form
          noValidate
          onSubmit={form.onSubmit(({ reason }) => {
            setRefusal(null);
            if (!reason.trim()) form.setFieldError("reason", t("reverse.reasonNeeded"));
            else reverse.mutate(reason.trim(), { onError: (error) => setRefusal(showFaults(form, error, say)) });
          })}
        >
          <Stack gap="md">
            <Text>
              {t("reverse.consequence", {
                count: payment.allocations.length,
                amount: `${money(payment.amount)} ${payment.currency}`,
                supplier: payment.supplier.name,
              })}
            </Text>
            <Textarea label={t("reverse.reason")} autosize minRows={3} maxLength={1000} size="md" data-autofocus {...form.getInputProps("reason")} />
            <Refusal>{refusal}</Refusal>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setOpened(false)}>
                {t("back")}
              </Button>
              <Button type="submit" color="red.9" loading={reverse.isPending}>
                {t("reverse.confirm")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function Allocate({ payment }: { payment: Payment }): ReactNode {
  const { t } = useTranslation("money");
  const say = useSay();
  const { money } = useFormats();
  const [opened, setOpened] = useState(false);
  const [parts, setParts] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string | null>(null);
  const found = useQuery({ ...payableQuery(payment.supplier.id), enabled: opened });
  const invoices = (found.data?.items ?? []).filter((one) => one.currency === payment.currency);
  const read = readParts(parts, invoices);
  const spoken = (amount: string): string => `${money(amount)} ${payment.currency}`;
  const allocate = useChange({
    send: (allocations: Schemas["InvoicePart"][], header) =>
      must(
        api.POST("/payments/{payment_id}/allocate", {
          params: { path: { payment_id: payment.id }, header: { ...header, "If-Match": etag(payment) } },
          body: { allocations },
        }),
      ),
    invalidates: () => AFTER_PAYING,
    onDone: () => {
      setOpened(false);
      setParts({});
    },
  });
  const send = (): void => {
    setRefusal(null);
    if (Object.keys(read.faults).length > 0) setRefusal(t("new.partsWrong"));
    else if (read.parts.length === 0) setRefusal(t("allocate.nothing"));
    else if (compare(read.total, payment.advance) > 0)
      setRefusal(t("new.tooMuchAllocated", { total: spoken(read.total), amount: spoken(payment.advance) }));
    else allocate.mutate(read.parts, { onError: (error) => setRefusal(say(error)) });
  };
  return (
    <>
      <Button onClick={() => { setRefusal(null); setOpened(true); }}>{t("allocate.button")}</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} size="lg" title={t("allocate.title", { amount: spoken(payment.advance) })} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack gap="md">
          {found.isSuccess && invoices.length === 0 && <Text>{t("new.nothingOpen", { name: payment.supplier.name })}</Text>}
          {invoices.length > 0 && (
            <AllocationTable invoices={invoices} currency={payment.currency} amount={payment.advance} typed={parts} onType={setParts} />
          )}
          <Text role="status">{t("allocate.leaves", { left: spoken(minus(payment.advance, read.total)) })}</Text>
          <Refusal>{refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setOpened(false)}>
              {t("back")}
            </Button>
            <Button loading={allocate.isPending} disabled={invoices.length === 0} onClick={send}>
              {t("allocate.confirm")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
