import { Anchor, Button, Group, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, fileAddress, must, type Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import type { Consolidated } from "@/consolidation/queries";
import { Facts } from "@/ui/DocumentPage";
import { Refusal } from "@/ui/ErrorState";
import { showFaults, useSay } from "@/ui/form";
import { Day } from "@/ui/numbers";
import { Badge } from "@/ui/StatusBadge";

/** The operator's tax invoice: its files, and where it is registered (S-086). */
export function TaxInvoice({ document, tax }: { document: Consolidated; tax: Schemas["OperatorTaxInvoice"] }): ReactNode {
  const { t } = useTranslation("consolidation");
  const { t: ui } = useTranslation("ui");
  const may = useMe().can("operator-accounting", "operator-management");
  const registered = tax.registration !== null;
  return (
    <Stack gap="sm">
      <div>
        <Badge meaning={registered ? "accepted" : "waiting"}>{t(registered ? "tax.registered" : "tax.waits")}</Badge>
      </div>
      <Facts
        facts={[
          [t("tax.number"), tax.number],
          ...(tax.registration !== null ? ([[t("tax.registration"), tax.registration]] as const) : []),
          ...(tax.registered_on !== null
            ? ([[t("tax.registeredOn"), <Day key="on" day={tax.registered_on} />]] as const)
            : []),
        ]}
      />
      <Group gap="md">
        {(["pdf", "xlsx"] as const).map((ending) => (
          <Anchor
            key={ending}
            href={fileAddress(`/consolidated-invoices/${document.summary.id}/tax-invoice.${ending}`)}
            download
            size="sm"
          >
            {ui(`document.${ending}`)}
          </Anchor>
        ))}
      </Group>
      {may && !registered && <Register document={document} />}
    </Stack>
  );
}

function Register({ document }: { document: Consolidated }): ReactNode {
  const { t } = useTranslation("consolidation");
  const say = useSay();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({ initialValues: { registration: "", registered_on: "" } });
  const register = useChange({
    send: (body: { registration: string; registered_on: string }, header) =>
      must(
        api.POST("/consolidated-invoices/{consolidated_id}/register-tax-invoice", {
          params: { path: { consolidated_id: document.summary.id }, header },
          body,
        }),
      ),
    invalidates: () => [["consolidated-invoices"]],
    onDone: () => notifications.show({ message: t("tax.saved") }),
  });
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        register.mutate(values, { onError: (error) => setRefusal(showFaults(form, error, say)) });
      })}
    >
      <Stack gap="xs">
        <TextInput label={t("tax.registration")} required {...form.getInputProps("registration")} />
        <TextInput type="date" label={t("tax.registeredOn")} required {...form.getInputProps("registered_on")} />
        <Refusal>{refusal}</Refusal>
        <Group>
          <Button type="submit" size="sm" loading={register.isPending}>
            {t("tax.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
