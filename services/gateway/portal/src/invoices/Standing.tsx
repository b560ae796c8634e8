import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { DisputeLine } from "@/invoices/Disputes";
import { decisionsQuery, draftPreflightQuery, matchesQuery, type Invoice, type Match, type Preflight } from "@/invoices/queries";
import { Decide, Pay, Plan, SendDraft } from "@/invoices/Steps";
import classes from "@/invoices/VerdictPanel.module.css";
import { Findings, VerdictPanel } from "@/invoices/VerdictPanel";
import { useSaid } from "@/said/said";
import { scaled } from "@/ui/decimal";
import { Facts } from "@/ui/DocumentPage";
import { useFormats } from "@/ui/numbers";
import { waitQuery } from "@/waiting/queries";
import { HowLong, Reach, Urge, useCourse } from "@/waiting/Wait";

/** Where an invoice stands and why, told to the one who reads it, with the step they can take. */
export function Standing({ invoice }: { invoice: Invoice }): ReactNode {
  const me = useMe();
  if (invoice.status === "draft") return me.kind === "supplier" ? <Draft invoice={invoice} /> : <GivenBack invoice={invoice} />;
  return <Decided invoice={invoice} />;
}

// ------------------------------------------------------------------------------------------------ a draft

/** What sending would come to, in one sentence. */
export function useForeseen(): (preflight: Pick<Preflight, "verdict" | "decided_by">) => string {
  const { t } = useTranslation("invoices");
  return ({ verdict, decided_by }) => t(`foreseen.${verdict}`, { name: decided_by?.name ?? "" });
}

function Draft({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const me = useMe();
  const foreseen = useForeseen();
  const preflight = useQuery({ ...draftPreflightQuery(invoice.id, invoice.order_id), retry: false });
  const told = preflight.data;
  const returned = invoice.decided_by !== null && invoice.remark !== null;
  const edit = (
    <Button component={Link} to={`/invoices/${invoice.id}/edit`} variant={told?.obstacles.length === 0 && !returned ? "default" : "filled"}>
      {t(returned ? "draft.rework" : "draft.edit")}
    </Button>
  );
  return (
    <VerdictPanel
      meaning="yours"
      title={
        returned
          ? t("draft.returned", { name: invoice.decided_by?.name ?? "" })
          : told
            ? foreseen(told)
            : t("draft.title")
      }
      remark={returned ? { text: invoice.remark ?? "", by: `${invoice.decided_by?.name ?? ""}, ${invoice.customer.name}` } : undefined}
      sentences={
        preflight.isError
          ? [preflight.error.message]
          : told
            ? [
                ...(returned ? [t("draft.asItStands", { foreseen: foreseen(told) })] : []),
                ...told.reasons,
                ...told.warnings,
                ...told.obstacles.map((one) => one.detail),
              ]
            : []
      }
      actions={
        me.can("supplier-user", "supplier-admin") ? (
          <>
            {returned && edit}
            <SendDraft quiet={returned} invoice={invoice} foreseen={told ? foreseen(told) : ""} ready={told?.obstacles.length === 0} />
            {!returned && edit}
          </>
        ) : undefined
      }
      record={told ? <Findings findings={told.findings} /> : undefined}
      recordName={t("record.rules")}
    />
  );
}

/** What the customer sees of an invoice it has given back. */
function GivenBack({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  return (
    <VerdictPanel
      meaning="yours"
      title={t("draft.atSupplier", { supplier: invoice.supplier.name })}
      remark={invoice.remark ? { text: invoice.remark, by: invoice.decided_by?.name ?? "" } : undefined}
    />
  );
}

// ---------------------------------------------------------------------------------------------- what was sent

function Decided({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const said = useSaid();
  const me = useMe();
  const { money, day } = useFormats();
  // The tolerance is the customer's own business: a supplier reads the decision without it, unless it is told.
  const matches = useQuery({ ...matchesQuery(invoice.id), enabled: me.kind !== "supplier", retry: false });
  const match = matches.data?.items[0];
  const decisions = useQuery({ ...decisionsQuery(invoice.id), enabled: me.kind === "supplier", retry: false });
  const decision = decisions.data?.items[0];
  const spoken = (amount: string): string => `${money(amount, invoice.amount_places)} ${invoice.currency}`;
  const wait = useQuery({ ...waitQuery(invoice.id), enabled: invoice.waiting_since !== null }).data;
  const course = useCourse();
  const decides = me.kind === "customer" && (wait?.may_decide ?? invoice.initiator.id === me.session.user.id);
  const pays = me.kind === "customer" && me.can("buyer-accounting", "buyer-admin");
  const name = useDecider()(invoice);
  const why = match ? failed(match) : invoice.reasons;
  const record = match ? <Record match={match} /> : decision ? <Told decision={decision} customer={invoice.customer.name} /> : undefined;
  const remark = invoice.remark ? { text: invoice.remark, by: name } : undefined;
  const who = pays ? undefined : t("pay.who", { customer: invoice.customer.name });

  switch (invoice.status) {
    case "matching":
      return <VerdictPanel live meaning="waiting" title={t("standing.matching")} sentences={invoice.reasons} aside={<HowLong invoice={invoice} />} record={record} />;
    case "pending":
      return (
        <VerdictPanel
          live
          meaning="waiting"
          title={decides ? t("standing.youDecide") : t("standing.decides", { name: invoice.initiator.name })}
          sentences={[...why, ...invoice.warnings, ...course(wait, invoice)]}
          aside={<HowLong invoice={invoice} />}
          actions={
            decides ? (
              <Decide invoice={invoice} />
            ) : me.kind === "customer" ? (
              <Text c="dimmed">{t("standing.onlyInitiator", { name: invoice.initiator.name, order: invoice.order_number })}</Text>
            ) : (
              <Stack gap="xs">
                <Reach wait={wait} />
                <Group gap="xs">
                  <Urge invoice={invoice} />
                </Group>
              </Stack>
            )
          }
          record={record}
        />
      );
    case "rejected":
    case "canceled":
      return (
        <VerdictPanel
          live
          meaning="refused"
          title={t(`standing.${invoice.status}`, { name })}
          sentences={[t("standing.free")]}
          remark={remark}
          record={record}
        />
      );
    case "approved":
    case "partly-paid":
      return (
        <VerdictPanel
          live
          meaning={invoice.status === "approved" ? "accepted" : "settled"}
          title={
            invoice.status === "approved"
              ? t(invoice.approval === "initiator" ? "standing.approvedBy" : "standing.approved", { name })
              : t("standing.partlyPaid", { paid: spoken(invoice.paid), gross: spoken(invoice.gross) })
          }
          sentences={[
            ...(invoice.approval === "initiator" ? why.map((reason) => t("standing.although", { reason: said(reason) })) : []),
            invoice.planned_on
              ? t(me.kind === "customer" ? "standing.plannedByUs" : "standing.planned", {
                  customer: invoice.customer.name,
                  open: spoken(invoice.open),
                  day: day(invoice.planned_on),
                  due: day(invoice.due_date),
                })
              : t("standing.due", { open: spoken(invoice.open), day: day(invoice.due_date) }),
            ...invoice.warnings,
            ...(scaled(invoice.disputed) > 0n
              ? [t("standing.disputed", { disputed: spoken(invoice.disputed), payable: spoken(invoice.payable) })]
              : []),
          ]}
          remark={remark}
          actions={
            me.kind === "customer" ? (
              <>
                {pays && scaled(invoice.payable) > 0n && <Pay invoice={invoice} />}
                {pays && <Plan invoice={invoice} />}
                <DisputeLine invoice={invoice} />
                {!pays && <Text c="dimmed">{who}</Text>}
              </>
            ) : undefined
          }
          record={record}
        />
      );
    default:
      return <VerdictPanel live meaning="settled" title={t("standing.paid", { gross: spoken(invoice.gross) })} remark={remark} record={record} />;
  }
}

/** Who decided, and for whom. */
function useDecider(): (invoice: Invoice) => string {
  const { t } = useTranslation("invoices");
  return ({ decided_by, decided_for }) =>
    decided_by === null
      ? ""
      : decided_for === null
        ? decided_by.name
        : t("standing.for", { name: decided_by.name, initiator: decided_for.name });
}

/** Sentences of what the rules were not content with. */
function failed(match: Match): string[] {
  return match.findings.filter((finding) => !finding.passed).flatMap((finding) => finding.sentences);
}

/** The decision as the supplier may read it. */
function Told({ decision, customer }: { decision: Schemas["ToldDecision"]; customer: string }): ReactNode {
  const { t } = useTranslation("invoices");
  const said = useSaid();
  const { moment } = useFormats();
  return (
    <>
      <Findings findings={decision.findings} />
      <ul>
        {decision.findings.flatMap((finding) =>
          finding.sentences.map((sentence) => <li key={`${finding.rule} ${sentence}`}>{said(sentence)}</li>),
        )}
      </ul>
      <Text size="sm" c="dimmed">
        {t(decision.limits_told ? "record.toldAll" : "record.toldOpenly", { customer, at: moment(decision.at) })}
      </Text>
    </>
  );
}

/** Everything the decision was made from. */
function Record({ match }: { match: Match }): ReactNode {
  const { t } = useTranslation("invoices");
  const { money, quantity, moment } = useFormats();
  const { inputs } = match;
  const spoken = (amount: string): string => `${money(amount, inputs.amount_places)} ${inputs.currency}`;
  return (
    <>
      <Findings findings={match.findings} />
      <div className={classes.inputs}>
        <Facts
          facts={[
            [t("record.order", { number: inputs.order_number }), `${spoken(inputs.order_amount)} (${t(`record.base.${inputs.base}`)})`],
            [t("record.tolerance"), `${quantity(inputs.tolerance_rate)} %`],
            [
              t("record.earlier"),
              inputs.earlier.length === 0
                ? t("record.noEarlier")
                : inputs.earlier.map((one) => `${one.number}: ${spoken(one.amount)}`).join("\n"),
            ],
            [t("record.at"), moment(match.at)],
          ]}
        />
      </div>
    </>
  );
}
