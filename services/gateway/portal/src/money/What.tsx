import { Anchor, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Schemas } from "@/api/client";

type Movement = Pick<Schemas["AccountMovement"], "kind" | "source_id" | "number" | "invoice_id" | "invoice_number">;

const PLACE: Record<Schemas["AccountMovementKind"], string> = {
  invoice: "invoices",
  payment: "payments",
  allocation: "payments",
  reversal: "payments",
  "credit-note": "credit-notes",
};

/** What has moved an account; it opens its document. */
export function What({ movement }: { movement: Movement }): ReactNode {
  const { t } = useTranslation("money");
  return (
    <>
      {t(`statement.kinds.${movement.kind}`)}{" "}
      <Anchor component={Link} to={`/${PLACE[movement.kind]}/${movement.source_id}`}>
        {movement.number || t("unnamed")}
      </Anchor>
      {movement.invoice_id !== null && movement.kind !== "invoice" && (
        <Text span size="sm" c="dimmed">
          {" "}
          {t("statement.on")}{" "}
          <Anchor component={Link} to={`/invoices/${movement.invoice_id}`}>
            {movement.invoice_number}
          </Anchor>
        </Text>
      )}
    </>
  );
}
