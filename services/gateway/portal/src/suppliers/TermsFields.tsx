import { NativeSelect, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { useCurrencies } from "@/organisation/places";
import { membersWithRoleQuery } from "@/organisation/queries";

/** Who may be named responsible for a supplier (S-112): a supplier manager or an administrator of one's own. */
function useResponsible(): { value: string; label: string }[] {
  const id = useMe().standing?.organisation.id ?? "";
  const managers = useQuery(membersWithRoleQuery(id, "supplier-manager"));
  const admins = useQuery(membersWithRoleQuery(id, "buyer-admin"));
  const found = new Map(
    [...(managers.data?.items ?? []), ...(admins.data?.items ?? [])].map((one) => [one.user_id, one.name]),
  );
  return [...found].map(([value, label]) => ({ value, label }));
}

/** The terms of a partnership (S-046). `path` is where they stand in the form: `terms.` or nothing. */
export function TermsFields(props: {
  input: (path: string) => object;
  readOnly?: boolean;
  /** The tolerance and who is responsible are the customer's own business; a supplier is not asked. */
  ofSupplier?: boolean;
}): ReactNode {
  const { t } = useTranslation("suppliers");
  const currencies = useCurrencies();
  const field = (path: string): object => ({ size: "md", readOnly: props.readOnly ?? false, ...props.input(path) });
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      <Select
        label={t("terms.currency")}
        data={currencies}
        searchable
        allowDeselect={false}
        {...field("currency")}
      />
      {props.ofSupplier !== true && <Tolerance {...props} field={field} />}
      <TextInput
        label={t("terms.minimumOrder")}
        description={t("terms.minimumOrderHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        inputMode="decimal"
        {...field("minimum_order")}
      />
      <TextInput
        label={t("terms.leadTime")}
        description={t("terms.leadTimeHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        inputMode="numeric"
        {...field("lead_time_days")}
      />
      <TextInput
        label={t("terms.paymentDays")}
        description={t("terms.paymentDaysHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        inputMode="numeric"
        {...field("payment_days")}
      />
      {props.ofSupplier !== true && <Responsible {...props} field={field} />}
    </SimpleGrid>
  );
}

function Tolerance(props: { field: (path: string) => object; readOnly?: boolean }): ReactNode {
  const { t } = useTranslation("suppliers");
  return (
    <>
      <TextInput
        label={t("terms.tolerance")}
        description={t("terms.toleranceHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        inputMode="decimal"
        rightSection={<span aria-hidden="true">%</span>}
        {...props.field("tolerance_rate")}
      />
      <NativeSelect
        label={t("terms.base")}
        description={t("terms.baseHint")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        data={(["net", "gross"] as const).map((value) => ({ value, label: t(`terms.${value}`) }))}
        disabled={props.readOnly ?? false}
        {...props.field("tolerance_base")}
      />
    </>
  );
}

function Responsible(props: { field: (path: string) => object; readOnly?: boolean }): ReactNode {
  const { t } = useTranslation("suppliers");
  const responsible = useResponsible();
  return (
    <NativeSelect
      label={t("terms.responsible")}
      description={t("terms.responsibleHint")}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={[{ value: "", label: t("terms.nobody") }, ...responsible]}
      disabled={props.readOnly ?? false}
      {...props.field("customer_contact_id")}
    />
  );
}
