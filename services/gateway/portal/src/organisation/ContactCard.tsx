import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCountryName } from "@/organisation/places";
import type { ContactCard } from "@/organisation/queries";
import { Facts } from "@/ui/DocumentPage";

/** How an organisation is reached (S-155): what can be called or written to, is a link. */
export function ContactFacts({ card }: { card: ContactCard }): ReactNode {
  const { t } = useTranslation("organisation");
  const country = useCountryName();
  const { contact, address } = card;
  const lines = [
    address?.street,
    [address?.postal_code, address?.city].filter(Boolean).join(" "),
    address?.region,
    country(card.country),
  ].filter(Boolean);
  const facts: (readonly [string, ReactNode])[] = [[t("profile.address"), lines.join("\n")]];
  if (card.tax_number) facts.push([t("profile.taxNumber"), card.tax_number]);
  if (contact.person) facts.push([t("profile.person"), contact.person]);
  if (contact.email)
    facts.push([t("profile.email"), <Anchor key="email" href={`mailto:${contact.email}`}>{contact.email}</Anchor>]);
  if (contact.phone)
    facts.push([t("profile.phone"), <Anchor key="phone" href={`tel:${contact.phone.replace(/[^+\d]/g, "")}`}>{contact.phone}</Anchor>]);
  if (contact.website)
    facts.push([
      t("profile.website"),
      <Anchor key="website" href={contact.website} target="_blank" rel="noreferrer">
        {contact.website.replace(/^https?:\/\//, "")}
      </Anchor>,
    ]);
  return <Facts facts={facts} />;
}
