/** An account over a time: opening, movements, closing; what each side owes stands apart (S-212, S-213). */
import { Button, Group, NativeSelect, Skeleton, Text, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import type { Schemas } from "@/api/client";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import { balanceQuery } from "@/invoices/queries";
import { today } from "@/invoices/Steps";
import { AccountTabs, Report } from "@/money/AccountTabs";
import { firstOfMonth, statementQuery } from "@/money/accounts";
import { What } from "@/money/What";
import { NotFoundPage } from "@/shell/pages";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable } from "@/ui/LineTable";
import { Day, Money } from "@/ui/numbers";

type Movement = Schemas["AccountMovement"];

/** More rows than anybody reads on a screen; the files have them all. */
const SHOWN = 500;

export function StatementPage(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const { partnerId = "" } = useParams();
  const [asked, ask] = useSearchParams();
  const balance = useQuery(balanceQuery(partnerId));
  const currencies = balance.data?.balances.map((one) => one.currency) ?? [];
  const period = {
    currency: asked.get("currency") ?? currencies[0] ?? "EUR",
    date_from: asked.get("date_from") ?? firstOfMonth(today()),
    date_to: asked.get("date_to") ?? today(),
  };
  const found = useQuery({ ...statementQuery(partnerId, period), enabled: balance.isSuccess, placeholderData: keepPreviousData });
  if (balance.error instanceof Problem && (balance.error.status === 404 || balance.error.status === 403)) return <NotFoundPage />;
  const choose = (name: string, value: string): void => {
    const next = new URLSearchParams(asked);
    if (value) next.set(name, value);
    else next.delete(name);
    ask(next, { replace: true });
  };
  const statement = found.data;
  const partner = balance.data?.partner;
  return (
    <Report
      title={t("accounts.with", { name: partner?.name ?? "" })}
      back={{ to: "/balances", label: t("accounts.title") }}
      files={`/balances/${partnerId}/statement`}
      asked={period}
    >
      <AccountTabs partner={partnerId} />
      <Group gap="md">
        <TextInput type="date" label={t("statement.from")} value={period.date_from} max={period.date_to} onChange={(event) => choose("date_from", event.currentTarget.value)} />
        <TextInput type="date" label={t("statement.to")} value={period.date_to} min={period.date_from} onChange={(event) => choose("date_to", event.currentTarget.value)} />
        {currencies.length > 1 && (
          <NativeSelect label={t("filters.currency")} data={currencies} value={period.currency} onChange={(event) => choose("currency", event.currentTarget.value)} />
        )}
        {me.can("buyer-accounting", "buyer-admin", "supplier-user", "supplier-admin") && (
          <Button component={Link} to={`/reconciliations/new?${new URLSearchParams({ partner: partnerId, ...period }).toString()}`} variant="default" style={{ alignSelf: "flex-end" }}>
            {t("statement.reconcile")}
          </Button>
        )}
      </Group>
      {found.isError ? (
        <ErrorState error={found.error} again={() => void found.refetch()} />
      ) : statement === undefined ? (
        <Skeleton height={240} />
      ) : (
        <>
          <LineTable<Line>
            caption={t("accounts.statement")}
            columns={[
              { id: "day", title: t("columns.date"), cell: (line) => <Day day={line.day} /> },
              { id: "what", title: t("statement.document"), cell: (line) => (line.movement === undefined ? <strong>{line.title}</strong> : <What movement={line.movement} />) },
              {
                id: "receivable",
                title: t(me.kind === "supplier" ? "statement.owedToYou" : "statement.youOwe", { currency: statement.currency }),
                cell: (line) => <Change amount={line.receivable} bold={line.movement === undefined} />,
                numeric: true,
              },
              {
                id: "payable",
                title: t(me.kind === "supplier" ? "statement.advancesTaken" : "statement.advancesPaid", { currency: statement.currency }),
                cell: (line) => <Change amount={line.payable} bold={line.movement === undefined} />,
                numeric: true,
              },
            ]}
            lines={[
              { key: "opening", day: statement.date_from, title: t("statement.opening"), ...statement.opening },
              ...statement.movements
                .slice(0, SHOWN)
                .map((movement, at) => ({ key: String(at), day: movement.day, movement, receivable: movement.receivable, payable: movement.payable })),
              { key: "closing", day: statement.date_to, title: t("statement.closing"), ...statement.closing },
            ]}
            keyOf={(line) => line.key}
            totals={[
              [t("statement.charged"), <Money key="charged" amount={statement.charged} />],
              [t("statement.credited"), <Money key="credited" amount={statement.credited} />],
              [t("statement.paid"), <Money key="paid" amount={statement.paid} />],
            ]}
          />
          {statement.movements.length > SHOWN && <Text c="dimmed">{t("statement.more", { shown: SHOWN, count: statement.movements.length })}</Text>}
          {statement.movements.length === 0 && <Text c="dimmed">{t("statement.still")}</Text>}
        </>
      )}
    </Report>
  );
}

interface Line {
  key: string;
  day: string;
  title?: string;
  movement?: Movement;
  receivable: string;
  payable: string;
}

function Change({ amount, bold }: { amount: string; bold: boolean }): ReactNode {
  if (bold)
    return (
      <strong>
        <Money amount={amount} />
      </strong>
    );
  return Number(amount) === 0 ? "–" : <Money amount={amount} />;
}
