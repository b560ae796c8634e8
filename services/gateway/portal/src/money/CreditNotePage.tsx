/** One credit note as both sides see it: what is given back, and what becomes of the money. */
import { Anchor, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { useReason } from "@/invoices/Adjustments";
import { creditNoteQuery, type CreditNote } from "@/money/queries";
import { useUnit } from "@/orders/units";
import { NotFoundPage } from "@/shell/pages";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Moment, Money, Quantity, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { Badge } from "@/ui/StatusBadge";

export function CreditNotePage(): ReactNode {
  const { noteId = "" } = useParams();
  const note = useQuery(creditNoteQuery(noteId));
  if (note.isPending) return <DocumentWaiting />;
  if (note.data === undefined) {
    if (note.error instanceof Problem && note.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={note.error} again={() => void note.refetch()} />;
  }
  return <Shown note={note.data} />;
}

function Shown({ note }: { note: CreditNote }): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const { day } = useFormats();
  const unit = useUnit();
  const reason = useReason();
  const other = me.kind === "supplier" ? note.customer : note.supplier;
  const places = note.amount_places;
  const columns: LineColumn<Schemas["CreditLine"]>[] = [
    { id: "what", title: t("credit.what"), cell: (line) => line.description },
    { id: "item", title: t("credit.item"), cell: (line) => line.item_number ?? "–", wideOnly: true },
    ...(note.basis === "quantity"
      ? [{ id: "quantity", title: t("credit.quantity"), cell: (line: Schemas["CreditLine"]) => <Quantity amount={line.quantity} unit={unit(line.unit)} />, numeric: true }]
      : []),
    { id: "tax", title: t("credit.tax"), cell: (line) => `${line.tax_rate} %`, numeric: true },
    { id: "net", title: t("credit.net", { currency: note.currency }), cell: (line) => <Money amount={line.net} places={places} />, numeric: true },
  ];
  return (
    <DocumentPage
      kind={t("credit.note")}
      title={note.number}
      status={<Badge meaning="settled" large>{t(`credit.by.${note.basis}`)}</Badge>}
      subtitle={
        <>
          {me.kind === "operator" ? other.name : <Anchor component={Link} to={`/balances/${other.id}`}>{other.name}</Anchor>}
          {" · "}
          {t("credit.issuedOn", { day: day(note.issue_date) })}
          {" · "}
          <Anchor component={Link} to={`/invoices/${note.invoice_id}`}>
            {t("credit.forInvoice", { number: note.invoice_number })}
          </Anchor>
        </>
      }
      sum={<Money amount={note.gross} currency={note.currency} places={places} />}
      files={`/credit-notes/${note.id}/document`}
      back={{ to: "/credit-notes", label: t("credit.title") }}
      bodyLabel={t("credit.lines")}
      details={
        <Sheet>
          <Stack gap="md">
            <Parties customer={note.customer} supplier={note.supplier} initiator={note.initiator} />
            <Facts
              facts={[
                [t("credit.reason"), note.reason],
                [t("credit.date"), <Day key="day" day={note.issue_date} />],
                [t("credit.issued"), <span key="by">{note.issued_by.name}, <Moment at={note.issued_at} /></span>],
              ]}
            />
          </Stack>
        </Sheet>
      }
      sections={[]}
    >
      <LineTable
        caption={t("credit.lines")}
        columns={columns}
        lines={note.lines}
        keyOf={(line) => line.number}
        totals={[
          ...note.adjustments.map(
            (one, at) =>
              [
                one.kind === "charge" ? reason(one) : t("credit.shareOfAllowances"),
                <Money key={at} amount={one.kind === "charge" ? one.amount : `-${one.amount}`} places={places} />,
              ] as const,
          ),
          [t("credit.netTotal"), <Money key="net" amount={note.net} places={places} />],
          [t("credit.taxTotal"), <Money key="tax" amount={note.tax} places={places} />],
          [t("credit.gross", { currency: note.currency }), <Money key="gross" amount={note.gross} places={places} />],
          [t("credit.deducted"), <Money key="deducted" amount={note.deducted} places={places} />],
          [t("credit.advance"), <Money key="advance" amount={note.advance} places={places} />],
        ]}
      />
    </DocumentPage>
  );
}
