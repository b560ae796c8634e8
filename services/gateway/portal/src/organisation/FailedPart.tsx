import { Button, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Moment } from "@/ui/numbers";

type Failed = Schemas["FailedDelivery"];

/** E-mails that reached nobody (S-231): one's own organisation's, or to the operator's support all of them. */
export function FailedPart({ ofAll = false }: { ofAll?: boolean }): ReactNode {
  const { t } = useTranslation("organisation");
  const found = useInfiniteQuery({
    queryKey: ["failed-deliveries"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(api.GET("/failed-deliveries", { params: { query: { limit: 50, ...(pageParam ? { after: pageParam } : {}) } } })),
    getNextPageParam: (page: Schemas["FailedDeliveryPage"]) => page.next,
  });
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  if (found.data === undefined) return <Coming />;
  const failed = found.data.pages.flatMap((page) => page.items);
  if (failed.length === 0)
    return (
      <Sheet>
        <EmptyState title={t("failed.emptyTitle")} text={t("failed.emptyText")} />
      </Sheet>
    );
  const columns: LineColumn<Failed>[] = [
    {
      id: "recipient",
      title: t("failed.recipient"),
      cell: (one) => <strong style={{ overflowWrap: "anywhere" }}>{one.recipient}</strong>,
    },
    ...(ofAll
      ? [{ id: "organisation", title: t("failed.organisation"), cell: (one: Failed) => one.organisation?.name ?? "–" }]
      : []),
    {
      id: "subject",
      title: t("failed.subject"),
      cell: (one) => {
        const to = addressOf(one.document);
        return to === null ? one.subject : <Link to={to}>{one.subject}</Link>;
      },
    },
    { id: "reason", title: t("failed.reason"), cell: (one) => <span style={{ overflowWrap: "anywhere" }}>{one.reason}</span> },
    { id: "attempts", title: t("failed.attempts"), cell: (one) => one.attempts, numeric: true, wideOnly: true },
    { id: "at", title: t("failed.at"), cell: (one) => <Moment at={one.failed_at} /> },
  ];
  return (
    <Stack gap="md">
      <Text c="dimmed" maw={720}>
        {t(ofAll ? "failed.textAll" : "failed.text")}
      </Text>
      <LineTable caption={t("failed.title")} columns={columns} lines={failed} keyOf={(one) => one.id} />
      {found.hasNextPage && (
        <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </Stack>
  );
}

function addressOf(document: Schemas["DocumentReference"] | null): string | null {
  if (document === null) return null;
  return document.kind === "order" ? `/orders/${document.id}` : `/invoices/${document.id}`;
}
