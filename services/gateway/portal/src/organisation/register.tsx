/** Taking a new organisation in: its profile and its first administrator, whom an invitation is mailed to. */
import { Fieldset, SimpleGrid, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ProfileValues } from "@/organisation/profile";
import { PART } from "@/organisation/ProfileFields";

export interface NewcomerValues extends ProfileValues {
  admin_name: string;
  admin_email: string;
}

export function AdministratorFields<V extends NewcomerValues>({ form }: { form: UseFormReturnType<V> }): ReactNode {
  const { t } = useTranslation("organisation");
  const text = (path: string): object => ({ size: "md", autoComplete: "off", ...form.getInputProps(path) });
  return (
    <Fieldset legend={t("register.administrator")} variant="unstyled" styles={PART}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={t("users.name")} {...text("admin_name")} />
        <TextInput
          label={t("users.email")}
          description={t("register.administratorHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          type="email"
          {...text("admin_email")}
        />
      </SimpleGrid>
    </Fieldset>
  );
}

export function administratorToTell(values: NewcomerValues): { admin_name: string | null; admin_email: string | null } {
  return { admin_name: values.admin_name.trim() || null, admin_email: values.admin_email.trim() || null };
}
