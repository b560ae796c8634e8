import { Avatar, UnstyledButton, type UnstyledButtonProps } from "@mantine/core";
import type { ReactNode, Ref } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";

/** The person as a button; what it opens is loaded behind the first page. */
export function Face(props: UnstyledButtonProps & { disabled?: boolean; ref?: Ref<HTMLButtonElement> }): ReactNode {
  const { t } = useTranslation("shell");
  const { name } = useMe().session.user;
  return (
    <UnstyledButton aria-label={t("person.label", { name })} p={4} {...props}>
      <Avatar size={32} radius="xl" color="accent" name={name} variant="light" />
    </UnstyledButton>
  );
}
