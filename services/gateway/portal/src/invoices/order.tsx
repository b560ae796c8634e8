import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { invoicedQuery } from "@/orders/queries";
import type { OrderSlot } from "@/shell/slots";

/** On an order's page: the supplier bills what is open of it. */
function BillIt({ order }: { order: Schemas["Order"] }): ReactNode {
  const { t } = useTranslation("invoices");
  const me = useMe();
  const may =
    me.kind === "supplier" &&
    me.can("supplier-user", "supplier-admin") &&
    ["confirmed", "in-progress", "closed"].includes(order.status);
  const open = useQuery({ ...invoicedQuery(order.id), enabled: may, retry: false });
  if (!may || !open.data?.lines.some((line) => Number(line.open) > 0)) return null;
  return (
    <Button component={Link} to={`/invoices/new?order=${order.id}`} variant="default">
      {t("new.fromOrder")}
    </Button>
  );
}

export const slot: OrderSlot = { place: 20, Component: BillIt };
