import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PasswordField } from "@/ui/PasswordField";

/** A field for a password to be set; length is what makes it good, and nothing else is asked (NIST 800-63B). */
export function NewPassword(props: Record<string, unknown> & { label?: string }): ReactNode {
  const { t } = useTranslation("signing-in");
  return (
    <PasswordField
      description={t("newPasswordHint")}
      autoComplete="new-password"
      required
      withAsterisk={false}
      minLength={8}
      maxLength={128}
      {...props}
      label={props.label ?? t("newPassword")}
    />
  );
}
