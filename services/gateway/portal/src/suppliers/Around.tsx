/** What surrounds a partnership: the way to its documents, and what is due. */
import { Anchor, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { ContactFacts } from "@/organisation/ContactCard";
import { contactCardQuery } from "@/organisation/queries";
import { balanceQuery } from "@/suppliers/queries";
import { Coming } from "@/ui/Coming";
import { Sheet } from "@/ui/DocumentPage";
import { ErrorState } from "@/ui/ErrorState";
import { Money } from "@/ui/numbers";

export function Balance({ partnerId }: { partnerId: string }): ReactNode {
  const { t } = useTranslation("suppliers");
  const found = useQuery(balanceQuery(partnerId));
  if (found.isError) return <ErrorState error={found.error} again={() => void found.refetch()} />;
  if (found.data === undefined) return <Coming height={34} />;
  if (found.data.balances.length === 0) return <Text c="dimmed">{t("balance.none")}</Text>;
  return (
    <div style={{ fontSize: 22, lineHeight: "30px", fontWeight: 650 }}>
      {found.data.balances.map((balance) => (
        <div key={balance.currency}>
          <Money amount={balance.due} currency={balance.currency} />
        </div>
      ))}
    </div>
  );
}

export function Around({ partnerId, enabled }: { partnerId: string; enabled: boolean }): ReactNode {
  const { t } = useTranslation("suppliers");
  const card = useQuery(contactCardQuery(partnerId));
  return (
    <>
      <Sheet title={t("balance.title")}>
        <Stack gap="sm">
          <Balance partnerId={partnerId} />
          <Anchor component={Link} to={`/orders?partner_id=${partnerId}`}>
            {t("links.orders")}
          </Anchor>
          <Anchor component={Link} to={`/invoices?partner_id=${partnerId}`}>
            {t("links.invoices")}
          </Anchor>
          {!enabled && <Text c="dimmed">{t("links.off")}</Text>}
        </Stack>
      </Sheet>
      <Sheet title={t("contact")}>
        {card.isError ? (
          <ErrorState error={card.error} again={() => void card.refetch()} />
        ) : card.data === undefined ? (
          <Coming height={140} />
        ) : (
          <ContactFacts card={card.data} />
        )}
      </Sheet>
    </>
  );
}
