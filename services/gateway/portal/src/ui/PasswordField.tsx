import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** A field for a password, of which the person may see what they type. */
export function PasswordField(props: PasswordInputProps): ReactNode {
  const { t } = useTranslation("ui");
  return (
    <PasswordInput
      size="md"
      visibilityToggleButtonProps={{ "aria-label": t("form.showPassword") }}
      // The component leaves out what a screen reader, and our own focus on a fault, go by.
      aria-invalid={Boolean(props.error) || undefined}
      {...props}
    />
  );
}
