/** The lines behind a figure: what was billed beside what was ordered, each leading to its invoice. */
import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { useUnit } from "@/orders/units";
import { usePageTitle } from "@/shell/usePageTitle";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState } from "@/ui/ErrorState";
import { LineTable, type LineColumn } from "@/ui/LineTable";
import { Day, Money, Quantity } from "@/ui/numbers";
import { Badge, StatusBadge } from "@/ui/StatusBadge";

type Line = Schemas["DiscrepantLine"];

export function LinesPage(): ReactNode {
  const { t } = useTranslation("discrepancies");
  const me = useMe();
  const unit = useUnit();
  usePageTitle(t("lines"));
  const [asked] = useSearchParams();
  const query = Object.fromEntries(asked) as { kind?: Schemas["DiscrepancyKind"] };
  const found = useInfiniteQuery({
    queryKey: ["discrepancies", "lines", query],
    queryFn: ({ pageParam }) => must(api.GET("/discrepancies/lines", { params: { query: { ...query, after: pageParam, limit: 100 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    meta: { live: ["invoice", "order"] },
  });
  const lines = found.data?.pages.flatMap((page) => page.items) ?? [];
  const columns: LineColumn<Line>[] = [
    {
      id: "invoice",
      title: t("invoice"),
      cell: (line) => (
        <div>
          <Anchor component={Link} to={`/invoices/${line.invoice_id}`}>
            {line.invoice_number}
          </Anchor>{" "}
          <StatusBadge kind="invoice" status={line.status} />
          <Text size="xs" c="dimmed">
            {me.kind === "supplier" ? line.customer.name : line.supplier.name} · <Day day={line.issue_date} />
          </Text>
        </div>
      ),
    },
    {
      id: "what",
      title: t("what"),
      cell: (line) => (
        <div>
          {line.description}
          <Text size="xs" c="dimmed">
            {line.item_number}
          </Text>
        </div>
      ),
    },
    {
      id: "kinds",
      title: t("how"),
      cell: (line) => (
        <Group gap={6}>
          {line.kinds.map((kind) => (
            <Badge key={kind} meaning="waiting">
              {t(`kinds.${kind}`)}
            </Badge>
          ))}
        </Group>
      ),
    },
    {
      id: "quantity",
      title: t("quantities"),
      numeric: true,
      cell: (line) => (
        <Beside
          billed={<Quantity amount={line.billed_so_far ?? line.quantity} unit={unit(line.unit)} />}
          ordered={line.ordered === null ? null : <Quantity amount={line.ordered} unit={unit(line.unit)} />}
          differs={line.kinds.includes("quantity")}
        />
      ),
    },
    {
      id: "price",
      title: t("prices"),
      numeric: true,
      cell: (line) => (
        <Beside
          billed={<Money amount={line.unit_price} currency={line.currency} />}
          ordered={line.ordered_price === null ? null : <Money amount={line.ordered_price} currency={line.currency} />}
          differs={line.kinds.includes("price")}
        />
      ),
    },
  ];
  return (
    <Stack gap="md">
      <Anchor component={Link} to="/discrepancies" size="sm">
        <Group gap={4} component="span">
          <IconArrowLeft size={16} stroke={1.6} />
          {t("title")}
        </Group>
      </Anchor>
      <Title order={1}>{t("lines")}</Title>
      {found.isError ? (
        <ErrorState error={found.error} again={() => void found.refetch()} />
      ) : found.data === undefined ? (
        <Coming height={320} />
      ) : lines.length === 0 ? (
        <Sheet>
          <EmptyState title={t("empty")} text={t("emptyText")} />
        </Sheet>
      ) : (
        <LineTable caption={t("lines")} columns={columns} lines={lines} keyOf={(line) => `${line.invoice_id} ${line.line}`} />
      )}
      {found.hasNextPage && (
        <Group>
          <Button variant="default" onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
            {t("more")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** What was billed, and below it what was ordered. */
function Beside({ billed, ordered, differs }: { billed: ReactNode; ordered: ReactNode; differs: boolean }): ReactNode {
  const { t } = useTranslation("discrepancies");
  return (
    <div>
      {differs ? <strong>{billed}</strong> : billed}
      <Text size="xs" c="dimmed">
        {ordered === null ? t("notOrdered") : <>{t("ordered")} {ordered}</>}
      </Text>
    </div>
  );
}
