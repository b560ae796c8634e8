/** The tax invoice of an invoice, on the invoice's page; where there is none, the supplier issues it. */
import { Anchor, Button, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useMe } from "@/api/session";
import type { Invoice } from "@/invoices/queries";
import { ofInvoiceQuery } from "@/taxes/queries";
import { Registration } from "@/taxes/Registration";
import { IssueTaxInvoice } from "@/taxes/steps";
import { Day } from "@/ui/numbers";

export function TaxInvoiceOf({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("taxes");
  const me = useMe();
  const found = useQuery(ofInvoiceQuery(invoice.id));
  const [issuing, setIssuing] = useState(false);
  const tax = found.data?.items[0];
  if (found.data === undefined) return <Text span>–</Text>;
  if (tax !== undefined)
    return (
      <Group gap="xs">
        <Anchor component={Link} to={`/tax-invoices/${tax.id}`}>
          {tax.number}
        </Anchor>
        <Registration tax={tax} />
        {tax.status === "issued" && (
          <Text size="sm" c="dimmed">
            {t("columns.until")} <Day day={tax.register_by} />
          </Text>
        )}
      </Group>
    );
  return (
    <>
      <Text span>{t("none")}</Text>
      {me.kind === "supplier" && me.can("supplier-user", "supplier-admin") && (
        <div>
          <Button size="compact-sm" variant="default" mt={4} onClick={() => setIssuing(true)}>
            {t("issue.open")}
          </Button>
        </div>
      )}
      {issuing && <IssueTaxInvoice invoiceId={invoice.id} onClose={() => setIssuing(false)} />}
    </>
  );
}
