import { PasswordInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A field for a password to be set; length is what makes it good, and nothing else is asked (NIST 800-63B). */
export function NewPassword(props: Record<string, unknown> & { label?: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  return (
    <PasswordInput
      size="md"
      description={t("newPasswordHint")}
      autoComplete="new-password"
      required
      withAsterisk={false}
      minLength={8}
      maxLength={128}
      visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
      {...props}
      label={props.label ?? t("newPassword")}
    />
  );
}
