import { Button, Group, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { InvoiceSummary } from "@/invoices/queries";
import { DueDay } from "@/invoices/InvoicesPage";
import { inOrder, payable, readParts } from "@/money/allocating";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Money, useFormats } from "@/ui/numbers";

/** Invoices that can be paid, each with the amount that goes to it; money falls by itself on those due first. */
export function AllocationTable(props: {
  invoices: readonly InvoiceSummary[];
  currency: string;
  /** What there is to pay with. */
  amount: string;
  typed: Readonly<Record<string, string>>;
  onType: (typed: Record<string, string>) => void;
}): ReactNode {
  const { t } = useTranslation("money");
  const { money } = useFormats();
  const { invoices, typed, onType } = props;
  const read = readParts(typed, invoices);
  const columns: LineColumn<InvoiceSummary>[] = [
    {
      id: "number",
      title: t("columns.invoice"),
      cell: (row) => (
        <Link to={`/invoices/${row.id}`} target="_blank" style={{ color: "var(--mantine-color-anchor)", fontWeight: 600 }}>
          {row.number}
        </Link>
      ),
    },
    { id: "due", title: t("columns.due"), cell: (row) => <DueDay row={row} /> },
    {
      id: "open",
      title: t("columns.payable", { currency: props.currency }),
      cell: (row) => (
        <>
          <Money amount={payable(row)} />
          {Number(row.disputed) > 0 && (
            <Text size="xs" c="dimmed">
              {t("new.disputed", { amount: money(row.disputed) })}
            </Text>
          )}
        </>
      ),
      numeric: true,
    },
    {
      id: "part",
      title: t("columns.pays", { currency: props.currency }),
      cell: (row) => {
        const fault = read.faults[row.id];
        return (
          <TextInput
            aria-label={t("new.partOf", { number: row.number })}
            inputMode="decimal"
            value={typed[row.id] ?? ""}
            onChange={(event) => onType({ ...typed, [row.id]: event.currentTarget.value })}
            error={fault && t(`new.${fault}`, { amount: money(payable(row)) })}
            styles={{ input: { textAlign: "right", width: 130, marginLeft: "auto" } }}
          />
        );
      },
      numeric: true,
    },
  ];
  return (
    <>
      <Group gap="xs">
        <Button variant="default" size="compact-sm" onClick={() => onType(inOrder(props.amount, invoices))}>
          {t("new.byDue")}
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={() => onType({})}>
          {t("new.none")}
        </Button>
      </Group>
      <LineTable caption={t("new.invoices")} columns={columns} lines={invoices} keyOf={(row) => row.id} />
    </>
  );
}
