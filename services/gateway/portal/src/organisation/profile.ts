/** An organisation's profile as a form has it, and as the API takes it. */
import type { Schemas } from "@/api/client";

export interface ProfileValues {
  [field: string]: unknown;
  name: string;
  country: string;
  tax_number: string;
  address: { street: string; city: string; postal_code: string; region: string };
  contact: { person: string; email: string; phone: string; website: string };
}

type Told = Pick<Schemas["Organisation"], "name" | "country" | "tax_number" | "address" | "contact">;

export const NO_PROFILE: ProfileValues = {
  name: "",
  country: "",
  tax_number: "",
  address: { street: "", city: "", postal_code: "", region: "" },
  contact: { person: "", email: "", phone: "", website: "" },
};

export function profileOf(told: Told): ProfileValues {
  return {
    name: told.name,
    country: told.country,
    tax_number: told.tax_number ?? "",
    address: {
      street: told.address?.street ?? "",
      city: told.address?.city ?? "",
      postal_code: told.address?.postal_code ?? "",
      region: told.address?.region ?? "",
    },
    contact: {
      person: told.contact.person ?? "",
      email: told.contact.email ?? "",
      phone: told.contact.phone ?? "",
      website: told.contact.website ?? "",
    },
  };
}

/** What is left empty is told as nothing; an address of which any part is given is told whole. */
export function profileToTell(values: ProfileValues): {
  name: string;
  country: string;
  tax_number: string | null;
  address: Schemas["Address"] | null;
  contact: Schemas["ContactData"];
} {
  const some = (text: string): string | null => text.trim() || null;
  const { street, city, postal_code, region } = values.address;
  const { person, email, phone, website } = values.contact;
  return {
    name: values.name.trim(),
    country: values.country,
    tax_number: some(values.tax_number),
    address: [street, city, postal_code, region].some((part) => part.trim())
      ? { street: street.trim(), city: city.trim(), postal_code: some(postal_code), region: some(region) }
      : null,
    contact: { person: some(person), email: some(email), phone: some(phone), website: some(completed(website)) },
  };
}

/** People type `example.com`; an address of the web begins with its scheme. */
function completed(website: string): string {
  const typed = website.trim();
  return typed === "" || /^https?:\/\//i.test(typed) ? typed : `https://${typed}`;
}
