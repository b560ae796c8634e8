import { Alert, Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Money } from "@/ui/numbers";
import { Badge, StatusBadge } from "@/ui/StatusBadge";

/** What became of each of them. */
export function Sent({ sent, children }: { sent: Pick<Schemas["SentMany"], "items" | "sent" | "hindered">; children?: ReactNode }): ReactNode {
  const { t } = useTranslation("bulk");
  const columns: LineColumn<Schemas["SentOne"]>[] = [
    {
      id: "number",
      title: t("columns.number"),
      cell: (one) =>
        one.invoice_id === null ? (
          (one.number ?? "–")
        ) : (
          <Anchor component={Link} to={`/invoices/${one.invoice_id}`}>
            {one.number}
          </Anchor>
        ),
    },
    { id: "order", title: t("columns.order"), cell: (one) => one.order_number ?? "–" },
    {
      id: "status",
      title: t("columns.verdict"),
      cell: (one) =>
        one.status === null ? (
          <>
            <Badge meaning="refused">{t("notSent")}</Badge>
            {one.hindrances.map((each) => (
              <Text key={each.detail} size="sm" c="dimmed">
                {each.detail}
              </Text>
            ))}
          </>
        ) : (
          <StatusBadge kind="invoice" status={one.status} />
        ),
    },
    {
      id: "gross",
      title: t("columns.gross"),
      numeric: true,
      cell: (one) => (one.gross === null || one.currency === null ? "–" : <Money amount={one.gross} currency={one.currency} />),
    },
  ];
  return (
    <Stack gap="md">
      <Title order={1}>{t("sent", { count: sent.sent })}</Title>
      {sent.hindered > 0 && <Alert color="orange">{t("notSentCount", { count: sent.hindered })}</Alert>}
      {children}
      <LineTable caption={t("title")} columns={columns} lines={sent.items} keyOf={(one) => String(one.place)} />
      <Group>
        <Button component={Link} to="/invoices">
          {t("toInvoices")}
        </Button>
      </Group>
    </Stack>
  );
}
