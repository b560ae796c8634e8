import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconInfoCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Role } from "@/api/session";
import { membersWithRoleQuery } from "@/organisation/queries";

/** What this person may only read, somebody else may change: says who. */
export function WhoCould(props: { organisationId: string; whose: Role; what: string }): ReactNode {
  const { t, i18n } = useTranslation("organisation");
  const found = useQuery(membersWithRoleQuery(props.organisationId, props.whose));
  if (found.data === undefined) return null;
  const names = found.data.items.map((member) => member.name);
  const list = new Intl.ListFormat(i18n.language, { type: "disjunction" }).format(names);
  return (
    <Alert variant="light" color="gray" icon={<IconInfoCircle size={20} />} mb="md">
      {names.length > 0
        ? t("whoCould.somebody", { what: props.what, who: list })
        : t("whoCould.nobody", { what: props.what, role: t(`roles.${props.whose}.name`) })}
    </Alert>
  );
}
