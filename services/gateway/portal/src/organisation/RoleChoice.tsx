import { Checkbox, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Kind, Role } from "@/api/session";
import { ROLES_OF } from "@/organisation/queries";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

/** What a person may do, in words; several at once. */
export function RoleChoice(props: {
  kind: Kind;
  value: readonly string[];
  onChange: (roles: Role[]) => void;
  error?: ReactNode;
}): ReactNode {
  const { t } = useTranslation("organisation");
  return (
    <Checkbox.Group
      label={t("users.roles")}
      size="md"
      value={[...props.value]}
      onChange={(roles) => props.onChange(roles as Role[])}
      error={props.error}
    >
      <Stack gap="xs" mt={6}>
        {ROLES_OF[props.kind].map((role) => (
          <Checkbox
            key={role}
            value={role}
            label={t(`roles.${role}.name`)}
            description={t(`roles.${role}.what`)}
            styles={{ description: { marginTop: 0 } }}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
