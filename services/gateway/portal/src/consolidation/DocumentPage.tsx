import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { Problem } from "@/api/problem";
import { consolidatedQuery, type Consolidated } from "@/consolidation/queries";
import { TaxInvoice } from "@/consolidation/TaxInvoice";
import { NotFoundPage } from "@/shell/pages";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable } from "@/ui/LineTable";
import { Day, Money, Moment, useFormats } from "@/ui/numbers";
import { StatusBadge } from "@/ui/StatusBadge";

/** One consolidated invoice, with the invoices behind every figure. */
export function ConsolidatedDocumentPage(): ReactNode {
  const { consolidatedId = "" } = useParams();
  const found = useQuery(consolidatedQuery(consolidatedId));
  if (found.isPending) return <DocumentWaiting />;
  if (found.data === undefined) {
    if (found.error instanceof Problem && found.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={found.error} again={() => void found.refetch()} />;
  }
  return <Shown document={found.data} />;
}

function Shown({ document }: { document: Consolidated }): ReactNode {
  const { t } = useTranslation("consolidation");
  const { day, money, quantity } = useFormats();
  const { summary } = document;
  const places = summary.amount_places;
  const paid = Number(summary.paid) > 0;
  return (
    <DocumentPage
      kind={t("document")}
      title={summary.number}
      status={<StatusBadge kind="consolidated" status={summary.status} large />}
      subtitle={t("subtitle", { customer: summary.customer.name, operator: summary.operator.name, day: day(summary.day) })}
      sum={<Money amount={summary.gross} currency={summary.currency} places={places} />}
      files={`/consolidated-invoices/${summary.id}/document`}
      back={{ to: "/consolidated-invoices", label: t("title") }}
      bodyLabel={t("lines")}
      details={
        <Sheet>
          <Facts
            facts={[
              [t("facts.customer"), summary.customer.name],
              [t("facts.operator"), summary.operator.name],
              [t("facts.due"), <Day key="due" day={summary.due_date} />],
              [t("facts.issued"), <Moment key="issued" at={summary.issued_at} />],
              [t("facts.paid"), <Money key="paid" amount={summary.paid} currency={summary.currency} places={places} />],
              [t("facts.open"), <Money key="open" amount={summary.open} currency={summary.currency} places={places} />],
            ]}
          />
        </Sheet>
      }
      sections={[
        ...(summary.tax_invoice
          ? [{ id: "tax", label: t("tax.title"), content: <TaxInvoice document={document} tax={summary.tax_invoice} /> }]
          : []),
        {
          id: "about",
          label: t("about.title"),
          content: (
            <Text size="sm" c="dimmed">
              {t("about.text")}
            </Text>
          ),
        },
      ]}
    >
      <Stack gap="md">
        <LineTable
          caption={t("lines")}
          lines={document.lines}
          keyOf={(line) => line.number}
          columns={[
            {
              id: "number",
              title: t("columns.invoice"),
              cell: (line) => (
                <>
                  <Anchor component={Link} to={`/invoices/${line.invoice_id}`} fw={600} style={{ overflowWrap: "anywhere" }}>
                    {line.invoice_number}
                  </Anchor>
                  <Text size="xs" c="dimmed" fw={400}>
                    <Day day={line.issue_date} />
                  </Text>
                </>
              ),
            },
            { id: "supplier", title: t("columns.supplier"), cell: (line) => line.supplier.name },
            {
              id: "order",
              title: t("columns.order"),
              wideOnly: true,
              cell: (line) => (
                <Anchor component={Link} to={`/orders/${line.order_id}`}>
                  {line.order_number}
                </Anchor>
              ),
            },
            { id: "net", title: t("columns.net"), numeric: true, wideOnly: true, cell: (line) => <Money amount={line.net} places={places} /> },
            { id: "tax", title: t("columns.tax"), numeric: true, wideOnly: true, cell: (line) => <Money amount={line.tax} places={places} /> },
            { id: "gross", title: t("columns.gross"), numeric: true, cell: (line) => <Money amount={line.gross} places={places} /> },
          ]}
          totals={[
            [t("totals.net"), <Money key="net" amount={summary.net} places={places} />],
            ...document.taxes.map(
              (tax) =>
                [
                  t("totals.tax", { rate: quantity(tax.rate), base: money(tax.base, places) }),
                  <Money key={tax.rate} amount={tax.amount} places={places} />,
                ] as const,
            ),
            [t("totals.gross"), <Money key="gross" amount={summary.gross} currency={summary.currency} places={places} />],
            ...(paid
              ? ([[t("facts.open"), <Money key="open" amount={summary.open} currency={summary.currency} places={places} />]] as const)
              : []),
          ]}
        />
      </Stack>
    </DocumentPage>
  );
}
