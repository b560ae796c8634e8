/** One tax invoice: its sums, its registration, and the requests to date the delivery later (S-070, S-204). */
import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { useCategory } from "@/invoices/Adjustments";
import { NotFoundPage } from "@/shell/pages";
import { Registration } from "@/taxes/Registration";
import { AskForDate, GrantDate, Register, RefuseDate } from "@/taxes/steps";
import { mayAnswer, taxHistoryQuery, taxInvoiceQuery, type DateRequest, type TaxInvoice } from "@/taxes/queries";
import { DocumentPage, DocumentWaiting, Facts, Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Moment, Money, useFormats } from "@/ui/numbers";
import { Parties } from "@/ui/Parties";
import { Badge } from "@/ui/StatusBadge";
import { Timeline } from "@/ui/Timeline";

export function TaxInvoicePage(): ReactNode {
  const { taxId = "" } = useParams();
  const tax = useQuery(taxInvoiceQuery(taxId));
  if (tax.isPending) return <DocumentWaiting />;
  if (tax.data === undefined) {
    if (tax.error instanceof Problem && tax.error.status === 404) return <NotFoundPage />;
    return <ErrorState error={tax.error} again={() => void tax.refetch()} />;
  }
  return <Shown tax={tax.data} />;
}

type Step = "register" | "ask" | "grant" | "refuse";

function Shown({ tax }: { tax: TaxInvoice }): ReactNode {
  const { t } = useTranslation("taxes");
  const me = useMe();
  const { day } = useFormats();
  const category = useCategory();
  const [step, setStep] = useState<Step | null>(null);
  const close = (): void => setStep(null);
  const supplies = me.kind === "supplier" && me.can("supplier-user", "supplier-admin");
  const open = tax.requests.find((one) => one.status === "open");
  const unregistered = tax.status === "issued";
  const columns: LineColumn<Schemas["TaxAmount"]>[] = [
    { id: "rate", title: t("rate"), cell: (one) => (Number(one.rate) === 0 ? category(one.category) : `${one.rate} %`) },
    { id: "base", title: t("base", { currency: tax.currency }), cell: (one) => <Money amount={one.base} places={tax.amount_places} />, numeric: true },
    { id: "tax", title: t("columns.tax"), cell: (one) => <Money amount={one.amount} places={tax.amount_places} />, numeric: true },
  ];
  return (
    <>
      <DocumentPage
        kind={t("taxInvoice")}
        title={tax.number}
        status={<Registration tax={tax} large />}
        subtitle={
          <>
            {me.kind === "supplier" ? tax.customer.name : tax.supplier.name}
            {" · "}
            {t("dated", { day: day(tax.day) })}
            {" · "}
            <Anchor component={Link} to={`/invoices/${tax.invoice_id}`}>
              {t("forInvoice", { number: tax.invoice_number })}
            </Anchor>
          </>
        }
        sum={<Money amount={tax.gross} currency={tax.currency} places={tax.amount_places} />}
        back={{ to: "/tax-invoices", label: t("title") }}
        actions={
          supplies &&
          unregistered &&
          open === undefined && (
            <>
              <Button onClick={() => setStep("register")}>{t("register.open")}</Button>
              <Button variant="default" onClick={() => setStep("ask")}>
                {t("ask.open")}
              </Button>
            </>
          )
        }
        notice={
          <>
            {tax.days_left !== null && open === undefined && <Deadline tax={tax} daysLeft={tax.days_left} />}
            {open !== undefined && <Asked tax={tax} asked={open} onStep={setStep} />}
          </>
        }
        bodyLabel={t("sums")}
        details={
          <Sheet>
            <Stack gap="md">
              <Parties customer={tax.customer} supplier={tax.supplier} initiator={tax.initiator} />
              <Facts
                facts={[
                  [t("columns.date"), <Day key="day" day={tax.day} />],
                  [t("columns.until"), <Day key="until" day={tax.register_by} />],
                  ...(tax.registration !== null ? ([[t("registration"), tax.registration]] as const) : []),
                  ...(tax.registered_on !== null ? ([[t("registeredOn"), <Day key="on" day={tax.registered_on} />]] as const) : []),
                  [
                    t("issued"),
                    <span key="by">
                      {tax.issued_by.name}, <Moment at={tax.issued_at} />
                    </span>,
                  ],
                ]}
              />
            </Stack>
          </Sheet>
        }
        sections={[{ id: "history", label: t("history"), content: <History tax={tax} /> }]}
      >
        <Stack gap="md">
          <LineTable
            caption={t("sums")}
            columns={columns}
            lines={tax.taxes}
            keyOf={(one) => `${one.category} ${one.rate}`}
            totals={[
              [t("net"), <Money key="net" amount={tax.net} places={tax.amount_places} />],
              [t("columns.tax"), <Money key="tax" amount={tax.tax} places={tax.amount_places} />],
              [t("gross", { currency: tax.currency }), <Money key="gross" amount={tax.gross} places={tax.amount_places} />],
            ]}
          />
          {tax.requests.length > 0 && <Requests tax={tax} />}
        </Stack>
      </DocumentPage>
      {step === "register" && <Register tax={tax} onClose={close} />}
      {step === "ask" && <AskForDate tax={tax} onClose={close} />}
      {step === "grant" && open !== undefined && <GrantDate tax={tax} asked={open} onClose={close} />}
      {step === "refuse" && open !== undefined && <RefuseDate tax={tax} asked={open} onClose={close} />}
    </>
  );
}

function Deadline({ tax, daysLeft }: { tax: TaxInvoice; daysLeft: number }): ReactNode {
  const { t } = useTranslation("taxes");
  const { day } = useFormats();
  return (
    <Alert mb="md" color={daysLeft < 0 ? "red" : daysLeft <= 3 ? "orange" : "gray"} variant="light">
      {daysLeft < 0
        ? t("daysOver", { count: -daysLeft, day: day(tax.register_by) })
        : t("daysLeft", { count: daysLeft, day: day(tax.register_by) })}
    </Alert>
  );
}

/** The request that waits: what is asked, and for whoever may, the answer. */
function Asked({ tax, asked, onStep }: { tax: TaxInvoice; asked: DateRequest; onStep: (step: Step) => void }): ReactNode {
  const { t } = useTranslation("taxes");
  const me = useMe();
  const { day } = useFormats();
  const may = mayAnswer(me, tax);
  return (
    <Alert mb="md" color="orange" variant="light" title={t("asks", { supplier: tax.supplier.name, day: day(asked.wanted_date) })} styles={{ title: { color: "var(--mantine-color-text)" } }}>
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "pre-line" }}>
          {asked.reason}
        </Text>
        <Text size="sm">
          {t("papers", {
            note: asked.delivery_note_number,
            noteDay: day(asked.delivery_note_date),
            tax: asked.tax_invoice_number,
            taxDay: day(asked.tax_invoice_date),
          })}
        </Text>
        {may ? (
          <Group gap="xs">
            <Button onClick={() => onStep("grant")}>{t("grant.open")}</Button>
            <Button variant="default" onClick={() => onStep("refuse")}>
              {t("refuse.open")}
            </Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            {t("whoAnswers", { initiator: tax.initiator.name })}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}

function Requests({ tax }: { tax: TaxInvoice }): ReactNode {
  const { t } = useTranslation("taxes");
  const { day } = useFormats();
  const meanings = { open: "waiting", accepted: "accepted", refused: "refused" } as const;
  const columns: LineColumn<DateRequest>[] = [
    {
      id: "asked",
      title: t("requests.asked"),
      cell: (one) => (
        <div>
          <Moment at={one.asked_at} />
          <Text size="xs" c="dimmed">
            {one.asked_by.name}
          </Text>
        </div>
      ),
    },
    {
      id: "dates",
      title: t("requests.date"),
      cell: (one) => (
        <div>
          {one.delivery_date ? `${day(one.delivery_date)} → ` : ""}
          {day(one.granted_date ?? one.wanted_date)}
          <Text size="xs" c="dimmed">
            {t("requests.note", { number: one.delivery_note_number, day: day(one.delivery_note_date) })}
          </Text>
        </div>
      ),
    },
    { id: "reason", title: t("requests.reason"), cell: (one) => one.reason },
    {
      id: "answer",
      title: t("requests.answer"),
      cell: (one) => (
        <div>
          <Badge meaning={meanings[one.status]}>{t(`requests.${one.status}`)}</Badge>
          {one.answer && <Text size="sm">{one.answer}</Text>}
          {one.resolved_by !== null && (
            <Text size="xs" c="dimmed">
              {[one.resolved_by.name, one.resolved_for?.name].filter(Boolean).join(", ")}
            </Text>
          )}
        </div>
      ),
    },
  ];
  return (
    <section aria-label={t("requests.title")}>
      <LineTable caption={t("requests.title")} columns={columns} lines={[...tax.requests].reverse()} keyOf={(one) => one.id} />
    </section>
  );
}

function History({ tax }: { tax: TaxInvoice }): ReactNode {
  const { t } = useTranslation("taxes");
  const history = useQuery(taxHistoryQuery(tax.id));
  if (history.isError) return <ErrorState error={history.error} again={() => void history.refetch()} />;
  return (
    <Timeline
      happenings={(history.data?.entries ?? []).map((entry) => ({
        id: String(entry.sequence),
        at: entry.at,
        what: t(`events.${entry.event}`, { defaultValue: entry.event }),
        who: entry.user_name,
      }))}
    />
  );
}
