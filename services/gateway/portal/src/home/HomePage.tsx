/** Where everybody begins (S-005): what waits for me, then how the business stands; each number opens its list. */
import { Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import classes from "@/home/Home.module.css";
import { Answers } from "@/home/Answers";
import { Ageing, Months } from "@/home/Plots";
import { OperatorPart } from "@/home/OperatorPart";
import { invoicesDashboard, ordersDashboard } from "@/home/queries";
import { Totals } from "@/home/Totals";
import { WaitingPart } from "@/home/WaitingPart";
import { usePageTitle } from "@/shell/usePageTitle";

export function HomePage(): ReactNode {
  const { t } = useTranslation("home");
  const me = useMe();
  const orders = useQuery(ordersDashboard);
  const invoices = useQuery(invoicesDashboard);
  usePageTitle(t("title"));
  return (
    <Stack gap="lg">
      <Title order={1}>{t("hello", { name: me.session.user.name })}</Title>
      {me.kind === "operator" ? <OperatorPart invoices={invoices.data} /> : <WaitingPart orders={orders.data} invoices={invoices.data} />}
      <div className={classes.pair}>
        <Totals kind="order" answer={orders} totals={orders.data?.by_status} />
        <Totals kind="invoice" answer={invoices} totals={invoices.data?.by_status} />
      </div>
      <Answers answers={invoices.data?.answers} />
      <Months dashboard={orders.data} />
      <Ageing dashboard={invoices.data} />
    </Stack>
  );
}
