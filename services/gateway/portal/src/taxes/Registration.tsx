import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TaxInvoice, TaxInvoiceSummary } from "@/taxes/queries";
import { Badge } from "@/ui/StatusBadge";

/** Whether a tax invoice is registered, has time, or should have been registered; and whether a date is asked for. */
export function Registration({ tax, large }: { tax: TaxInvoice | TaxInvoiceSummary; large?: boolean }): ReactNode {
  const { t } = useTranslation("taxes");
  const late = tax.registered_on !== null && tax.registered_on > tax.register_by;
  const overdue = "overdue" in tax ? tax.overdue : tax.days_left !== null && tax.days_left < 0;
  const asked = "asked" in tax ? tax.asked : tax.requests.some((one) => one.status === "open");
  return (
    <Group gap={6}>
      {tax.status === "registered" ? (
        <Badge meaning={late ? "waiting" : "accepted"} large={large}>
          {t(late ? "registeredLate" : "status.registered")}
        </Badge>
      ) : (
        <Badge meaning={overdue ? "refused" : "waiting"} large={large}>
          {t(overdue ? "overdue" : "status.issued")}
        </Badge>
      )}
      {asked && (
        <Badge meaning="waiting" large={large}>
          {t("asked")}
        </Badge>
      )}
    </Group>
  );
}
