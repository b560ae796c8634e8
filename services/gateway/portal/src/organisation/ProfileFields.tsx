import { Fieldset, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCountries } from "@/organisation/places";
import type { ProfileValues } from "@/organisation/profile";

/** A part of a form: its heading stands over the labels of its fields. */
export const PART = {
  root: { padding: 0, margin: 0, border: 0, minWidth: 0 },
  legend: { fontSize: 16, fontWeight: 650, padding: 0, marginBottom: 8 },
};

/** The fields of an organisation's profile; the form around them may have more. */
export function ProfileFields<V extends ProfileValues>(props: { form: UseFormReturnType<V>; readOnly?: boolean }): ReactNode {
  const { t } = useTranslation("organisation");
  const countries = useCountries();
  const text = (path: string): object => ({
    size: "md",
    readOnly: props.readOnly ?? false,
    ...props.form.getInputProps(path),
  });
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput label={t("profile.name")} required withAsterisk={false} autoComplete="organization" {...text("name")} />
        <Select
          label={t("profile.country")}
          data={countries}
          searchable
          required
          withAsterisk={false}
          allowDeselect={false}
          nothingFoundMessage={t("profile.noCountry")}
          {...text("country")}
        />
        <TextInput label={t("profile.taxNumber")} {...text("tax_number")} />
      </SimpleGrid>
      <Fieldset legend={t("profile.address")} variant="unstyled" styles={PART}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t("profile.street")} autoComplete="street-address" {...text("address.street")} />
          <TextInput label={t("profile.city")} autoComplete="address-level2" {...text("address.city")} />
          <TextInput label={t("profile.postalCode")} autoComplete="postal-code" {...text("address.postal_code")} />
          <TextInput label={t("profile.region")} autoComplete="address-level1" {...text("address.region")} />
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t("profile.contact")} variant="unstyled" styles={PART}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label={t("profile.person")} {...text("contact.person")} />
          <TextInput label={t("profile.email")} type="email" {...text("contact.email")} />
          <TextInput label={t("profile.phone")} type="tel" {...text("contact.phone")} />
          <TextInput label={t("profile.website")} inputMode="url" {...text("contact.website")} />
        </SimpleGrid>
      </Fieldset>
    </Stack>
  );
}
