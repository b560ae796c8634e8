import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/api/client";
import { useMe } from "@/api/session";
import { Facts } from "@/ui/DocumentPage";

/** Who stands on a document; one's own side is marked. */
export function Parties(props: {
  customer: Schemas["Party"];
  supplier: Schemas["Party"];
  initiator?: Schemas["Person"];
}): ReactNode {
  const { t } = useTranslation("ui");
  const me = useMe();
  const named = (party: { id: string; name: string }, own: string | undefined): ReactNode => (
    <>
      <strong>{party.name}</strong>
      {party.id === own && (
        <Text span size="sm" c="dimmed">
          {" "}
          ({t("parties.you")})
        </Text>
      )}
    </>
  );
  const here = me.standing?.organisation.id;
  return (
    <Facts
      facts={[
        [t("parties.customer"), named(props.customer, here)],
        [t("parties.supplier"), named(props.supplier, here)],
        ...(props.initiator ? ([[t("parties.initiator"), named(props.initiator, me.session.user.id)]] as const) : []),
      ]}
    />
  );
}
