import { Button, Group, Modal, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { IconSearch } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { useChange } from "@/api/change";
import { api, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { useCountryName } from "@/organisation/places";
import { WhoCould } from "@/organisation/WhoCould";
import { usePageTitle } from "@/shell/usePageTitle";
import { notNumbers, termsToTell, USUAL_TERMS } from "@/suppliers/terms";
import { TermsFields } from "@/suppliers/TermsFields";
import { Coming } from "@/ui/Coming";
import { BackLink, Sheet } from "@/ui/DocumentPage";
import { EmptyState } from "@/ui/EmptyState";
import { ErrorState, Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";

type Entry = Schemas["SupplierEntry"];

/** The directory: any customer may begin to trade with any supplier (S-122); who is not there is registered. */
export function AddSupplierPage(): ReactNode {
  const { t } = useTranslation("suppliers");
  const me = useMe();
  const country = useCountryName();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 250);
  const [chosen, setChosen] = useState<Entry | null>(null);
  usePageTitle(t("add.title"));
  const keeps = me.can("supplier-manager", "buyer-admin");
  const directory = useInfiniteQuery({
    queryKey: ["suppliers", "directory", search],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/suppliers", {
          params: { query: { limit: 20, ...(search ? { search } : {}), ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const linked = useQuery({
    queryKey: ["partnerships", "names"],
    queryFn: () => must(api.GET("/partnerships", { params: { query: { limit: 200 } } })),
    staleTime: 300_000,
    meta: { live: ["partnership"] },
  });
  const known = new Map(linked.data?.items.map((one) => [one.supplier.id, one.id]));
  const found = directory.data?.pages.flatMap((page) => page.items);
  return (
    <Stack gap="md">
      <div>
        <BackLink to="/suppliers">{t("title")}</BackLink>
        <Group justify="space-between">
          <Title order={1}>{t("add.title")}</Title>
          {keeps && (
            <Button component={Link} to="/suppliers/register" variant="default">
              {t("register.button")}
            </Button>
          )}
        </Group>
        <Text c="dimmed" mt={4}>
          {t("add.text")}
        </Text>
      </div>
      {!keeps && (
        <WhoCould organisationId={me.standing?.organisation.id ?? ""} whose="supplier-manager" what={t("keepers")} />
      )}
      <TextInput
        type="search"
        aria-label={t("add.search")}
        placeholder={t("add.search")}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        maw={420}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {directory.isError && <ErrorState error={directory.error} again={() => void directory.refetch()} />}
      {directory.isPending && <Coming />}
      {found?.length === 0 && (
        <Sheet>
          <EmptyState title={t("add.nothing")} text={t("add.nothingText")}>
            {keeps && (
              <Button component={Link} to="/suppliers/register">
                {t("register.button")}
              </Button>
            )}
          </EmptyState>
        </Sheet>
      )}
      {found !== undefined && found.length > 0 && (
        <LineTable
          caption={t("add.title")}
          lines={found}
          keyOf={(entry) => entry.id}
          columns={[
            { id: "name", title: t("columns.name"), cell: (entry) => <strong>{entry.name}</strong> },
            {
              id: "place",
              title: t("columns.place"),
              cell: (entry) => [entry.city, country(entry.country)].filter(Boolean).join(", "),
            },
            { id: "tax", title: t("columns.tax"), cell: (entry) => entry.tax_number ?? "–" },
            {
              id: "actions",
              title: t("columns.actions"),
              numeric: true,
              cell: (entry) => {
                const partnership = known.get(entry.id);
                if (partnership !== undefined)
                  return (
                    <Button component={Link} to={`/suppliers/${partnership}`} size="compact-sm" variant="subtle">
                      {t("add.linked")}
                    </Button>
                  );
                if (!keeps) return null;
                return (
                  <Button
                    size="compact-sm"
                    variant="light"
                    aria-label={t("add.linkOne", { name: entry.name })}
                    onClick={() => setChosen(entry)}
                  >
                    {t("add.link")}
                  </Button>
                );
              },
            },
          ]}
        />
      )}
      {directory.hasNextPage && (
        <Button variant="default" onClick={() => void directory.fetchNextPage()} loading={directory.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
      {chosen !== null && <LinkForm supplier={chosen} onClose={() => setChosen(null)} />}
    </Stack>
  );
}

function LinkForm({ supplier, onClose }: { supplier: Entry; onClose: () => void }): ReactNode {
  const { t } = useTranslation("suppliers");
  const say = useSay();
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { terms: USUAL_TERMS },
    validate: (values) =>
      Object.fromEntries(notNumbers(values.terms).map((field) => [`terms.${field}`, t("terms.noNumber")])),
  });
  const link = useChange({
    send: (terms: Schemas["Terms"], header) =>
      must(api.POST("/partnerships", { params: { header }, body: { supplier_id: supplier.id, terms } })),
    invalidates: () => [["partnerships"]],
    onDone: (partnership) => {
      notifications.show({ message: t("add.done", { name: supplier.name }) });
      void navigate(`/suppliers/${partnership.id}`);
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("add.linkOne", { name: supplier.name })}
      size="xl"
      closeOnClickOutside={false}
      closeButtonProps={{ "aria-label": t("back") }}
    >
      <form
        noValidate
        onSubmit={form.onSubmit((values) => {
          setRefusal(null);
          link.mutate(termsToTell(values.terms), { onError: (error) => setRefusal(showFaults(form, error, say)) });
        })}
      >
        <Stack gap="md">
          <Text c="dimmed">{t("add.linkText", { name: supplier.name })}</Text>
          <TermsFields input={(path) => form.getInputProps(`terms.${path}`)} />
          <Refusal>{refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("back")}
            </Button>
            <Button type="submit" loading={link.isPending}>
              {t("add.link")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
