import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { paymentsQuery, type Invoice } from "@/invoices/queries";
import { Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Money } from "@/ui/numbers";

/** What was paid of an invoice, and what is still open. */
export function Payments({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const payments = useQuery(paymentsQuery(invoice.id));
  if (payments.isError) return <ErrorState error={payments.error} again={() => void payments.refetch()} />;
  const places = invoice.amount_places;
  const credited = Number(invoice.credited) > 0;
  if (payments.data === undefined || payments.data.items.length === 0)
    return (
      <Sheet title={t("payments.title")}>
        <Text c="dimmed">{t("payments.none")}</Text>
        {credited && <Credited invoice={invoice} />}
      </Sheet>
    );
  const columns: LineColumn<Schemas["Payment"]>[] = [
    { id: "day", title: t("payments.day"), cell: (one) => <Day day={one.paid_on} /> },
    { id: "reference", title: t("payments.reference"), cell: (one) => <Reference payment={one} /> },
    { id: "by", title: t("payments.by"), cell: (one) => one.registered_by.name, wideOnly: true },
    {
      id: "amount",
      title: t("payments.amount", { currency: invoice.currency }),
      cell: (one) =>
        one.reversed_at ? (
          <s>
            <Money amount={one.amount} places={places} />
          </s>
        ) : (
          <Money amount={one.amount} places={places} />
        ),
      numeric: true,
    },
  ];
  return (
    <section aria-label={t("payments.title")}>
      <LineTable
        caption={t("payments.title")}
        columns={columns}
        lines={payments.data.items}
        keyOf={(one) => one.id}
        totals={[
          ...(credited ? ([[t("payments.credited"), <Credited key="credited" invoice={invoice} />]] as const) : []),
          [t("payments.paid"), <Money key="paid" amount={invoice.paid} places={places} />],
          [t("payments.open", { currency: invoice.currency }), <Money key="open" amount={invoice.open} places={places} />],
        ]}
      />
    </section>
  );
}

/** Leads to the whole payment, which may have paid other invoices too. */
function Reference({ payment }: { payment: Schemas["Payment"] }): ReactNode {
  const { t } = useTranslation("invoices");
  const name = payment.reference || t("payments.unnamed");
  return (
    <>
      {payment.payment_id ? (
        <Anchor component={Link} to={`/payments/${payment.payment_id}`} size="sm">
          {name}
        </Anchor>
      ) : (
        name
      )}
      {payment.reversed_at && (
        <Text size="xs" c="dimmed">
          {t("payments.reversed")}
        </Text>
      )}
    </>
  );
}

/** What credit notes have given back; leads to them. */
function Credited({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  return (
    <Anchor component={Link} to={`/credit-notes?invoice_id=${invoice.id}`} size="sm" aria-label={t("payments.notes")}>
      <Money amount={invoice.credited} places={invoice.amount_places} />
    </Anchor>
  );
}
