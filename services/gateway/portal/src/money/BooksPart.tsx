/** Whether the books agree with the documents: what the nightly checks found, and one for now. */
import { Alert, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";
import { Moment, Quantity } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

type Check = Schemas["LedgerCheck"];

export function BooksPart(): ReactNode {
  const { t } = useTranslation("money");
  const me = useMe();
  const say = useSay();
  const found = useQuery({ queryKey: ["books"], queryFn: () => must(api.GET("/operations/ledger-checks")) });
  const check = useChange({
    send: (_: null, header) => must(api.POST("/operations/ledger-checks", { params: { header } })),
    invalidates: () => [["books"]],
  });
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  const checks = found.data?.items ?? [];
  const last = checks[0];
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" maw={640}>
          {t("books.text")}
        </Text>
        {me.can("operator-accounting", "operator-management", "operator-development") && (
          <Button loading={check.isPending} onClick={() => check.mutate(null)}>
            {t("books.check")}
          </Button>
        )}
      </Group>
      <Refusal>{check.isError ? say(check.error) : null}</Refusal>
      {last !== undefined && last.count > 0 && (
        <Alert color="red" variant="light" title={t("books.differ", { count: last.count })}>
          <Stack gap={4}>
            {last.differences.map((one) => (
              <Text key={`${one.rule}.${one.subject}`} size="sm" style={{ overflowWrap: "anywhere" }}>
                {t("books.difference", { rule: one.rule, subject: one.subject, expected: one.expected, found: one.found })}
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      {found.data === undefined ? (
        <Skeleton height={160} />
      ) : checks.length === 0 ? (
        <Text>{t("books.never")}</Text>
      ) : (
        <LineTable<Check>
          caption={t("books.title")}
          columns={[
            { id: "at", title: t("books.at"), cell: (one) => <Moment at={one.at} /> },
            {
              id: "result",
              title: t("books.result"),
              cell: (one) => (
                <Badge meaning={one.count === 0 ? "accepted" : "refused"}>{one.count === 0 ? t("books.agree") : t("books.differ", { count: one.count })}</Badge>
              ),
            },
            { id: "entries", title: t("books.entries"), cell: (one) => <Quantity amount={String(one.entries)} />, numeric: true },
            { id: "invoices", title: t("books.invoices"), cell: (one) => <Quantity amount={String(one.invoices)} />, numeric: true },
            { id: "took", title: t("books.took"), cell: (one) => <Quantity amount={String(one.milliseconds)} unit="ms" />, numeric: true },
          ]}
          lines={checks}
          keyOf={(one) => one.id}
        />
      )}
    </Stack>
  );
}
