/** A supplier's price list: its own to write, a customer's to read and to order from. */
import { Anchor, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconPlus, IconShoppingCart } from "@tabler/icons-react";
import { useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { partnershipsQuery, type Product } from "@/orders/queries";
import { useUnit } from "@/orders/units";
import { ProductDialog } from "@/products/ProductDialog";
import { NotFoundPage } from "@/shell/pages";
import { usePageTitle } from "@/shell/usePageTitle";
import { DataList, type Ask, type Column, type Filter } from "@/ui/DataList";
import { EmptyState } from "@/ui/EmptyState";
import { Money, useFormats } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

export function ProductsPage(): ReactNode {
  const me = useMe();
  if (me.kind === "supplier") return <Own />;
  if (me.kind === "customer") return <Theirs />;
  return <NotFoundPage />;
}

function useColumns(more: (product: Product) => ReactNode, title: string): Column<Product>[] {
  const { t } = useTranslation("products");
  const unit = useUnit();
  const { quantity } = useFormats();
  return useMemo(
    () => [
      { id: "number", title: t("columns.number"), cell: (row) => row.number },
      { id: "name", title: t("columns.name"), cell: (row) => row.name },
      { id: "unit", title: t("columns.unit"), cell: (row) => unit(row.unit) },
      { id: "price", title: t("columns.price"), numeric: true, cell: (row) => <Money amount={row.unit_price} currency={row.currency} /> },
      { id: "tax", title: t("columns.tax"), numeric: true, cell: (row) => quantity(row.tax_rate), wideOnly: true },
      { id: "more", title, cell: more },
    ],
    [t, unit, quantity, more, title],
  );
}

function Card({ product, children }: { product: Product; children: ReactNode }): ReactNode {
  const unit = useUnit();
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={600}>{product.name}</Text>
        <Text fw={600} style={{ whiteSpace: "nowrap" }}>
          <Money amount={product.unit_price} currency={product.currency} /> / {unit(product.unit)}
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" mt={4}>
        <Text size="sm" c="dimmed">
          {product.number}
        </Text>
        {children}
      </Group>
    </>
  );
}

const ask =
  (query: { supplier_id?: string; active?: boolean }) =>
  ({ filters, after, limit }: Ask): Promise<Schemas["ProductPage"]> => {
    const { active, search } = filters;
    return must(
      api.GET("/products", {
        params: { query: { ...query, limit, after, search, ...(active ? { active: active === "true" } : {}) } },
      }),
    );
  };

const own = ask({});

/** The supplier's own list. */
function Own(): ReactNode {
  const { t } = useTranslation("products");
  const [open, setOpen] = useState<Product | "new" | null>(null);
  usePageTitle(t("title"));
  const partnerships = useQuery(partnershipsQuery());
  const change = useMemo(
    () =>
      function Change(product: Product): ReactNode {
        return (
          <Group gap="sm" wrap="nowrap" justify="space-between">
            <Badge meaning={product.active ? "accepted" : "quiet"}>{t(product.active ? "can" : "cannot")}</Badge>
            <Anchor
              component="button"
              type="button"
              size="sm"
              aria-label={t("change", { number: product.number })}
              onClick={() => setOpen(product)}
            >
              {t("edit")}
            </Anchor>
          </Group>
        );
      },
    [t],
  );
  const columns = useColumns(change, t("columns.active"));
  const filters: Filter[] = [
    {
      id: "active",
      label: t("columns.active"),
      kind: "choice",
      options: [
        { value: "true", label: t("can") },
        { value: "false", label: t("cannot") },
      ],
    },
  ];
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen("new")}>
      {t("add")}
    </Button>
  );
  return (
    <>
      <DataList<Product>
        title={t("title")}
        name="products"
        live={["product"]}
        columns={columns}
        filters={filters}
        ask={own}
        actions={add}
        empty={{ title: t("empty.title"), text: t("empty.own"), action: add }}
        card={(product) => <Card product={product}>{change(product)}</Card>}
      />
      {open !== null && (
        <ProductDialog
          key={open === "new" ? "new" : open.id}
          product={open === "new" ? null : open}
          currency={partnerships.data?.items[0]?.currency ?? "EUR"}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

/** What a linked supplier sells, chosen by `?supplier=` in the address. */
function Theirs(): ReactNode {
  const { t } = useTranslation("products");
  const me = useMe();
  const [parameters, setParameters] = useSearchParams();
  usePageTitle(t("theirs"));
  const partnerships = useQuery(partnershipsQuery());
  const suppliers = (partnerships.data?.items ?? [])
    .map((one) => ({ value: one.supplier.id, label: one.supplier.name }))
    .sort((one, other) => one.label.localeCompare(other.label));
  const supplier = parameters.get("supplier") ?? suppliers[0]?.value;
  const name = suppliers.find((one) => one.value === supplier)?.label ?? "";
  const orders = me.can("initiator", "supplier-manager", "buyer-admin");
  const chooser = (
    <Select
      aria-label={t("supplier")}
      searchable
      allowDeselect={false}
      w={260}
      data={suppliers}
      value={supplier ?? null}
      onChange={(id) => setParameters(id === null ? {} : { supplier: id })}
    />
  );
  if (partnerships.isSuccess && supplier === undefined)
    return (
      <Stack>
        <Title order={1}>{t("theirs")}</Title>
        <EmptyState title={t("empty.nobody")} text={t("empty.nobodyText")} />
      </Stack>
    );
  if (supplier === undefined) return <Title order={1}>{t("theirs")}</Title>;
  return <TheirList key={supplier} supplier={supplier} name={name} chooser={chooser} orders={orders} />;
}

function TheirList(props: { supplier: string; name: string; chooser: ReactNode; orders: boolean }): ReactNode {
  const { supplier, orders } = props;
  const { t } = useTranslation("products");
  const asked = useMemo(() => ask({ supplier_id: supplier, active: true }), [supplier]);
  const order = useMemo(
    () =>
      function Order(product: Product): ReactNode {
        return orders ? (
          <Anchor
            component={Link}
            size="sm"
            to={`/orders/new?supplier=${supplier}&item=${encodeURIComponent(product.number)}`}
            aria-label={t("orderThis", { name: product.name })}
          >
            {t("order")}
          </Anchor>
        ) : null;
      },
    [t, orders, supplier],
  );
  const columns = useColumns(order, t("columns.order"));
  return (
    <DataList<Product>
      title={t("theirs")}
      name={`products.${supplier}`}
      live={["product"]}
      columns={columns}
      ask={asked}
      actions={
        <>
          {props.chooser}
          {orders && (
            <Button component={Link} to={`/orders/new?supplier=${supplier}`} leftSection={<IconShoppingCart size={16} />}>
              {t("orderFrom")}
            </Button>
          )}
        </>
      }
      empty={{ title: t("empty.title"), text: t("empty.theirs", { name: props.name }) }}
      card={(product) => <Card product={product}>{order(product)}</Card>}
    />
  );
}
