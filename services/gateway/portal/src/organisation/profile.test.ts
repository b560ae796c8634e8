import { expect, test } from "vitest";
import { NO_PROFILE, profileOf, profileToTell } from "@/organisation/profile";

test("a profile that is read and told again is the same", () => {
  const told = {
    name: "Rims",
    country: "UA",
    tax_number: "12345678",
    address: { street: "Shevchenka 1", city: "Lviv", postal_code: "79000", region: null },
    contact: { person: "Sofia Melnyk", email: "office@rims.example", phone: null, website: "https://rims.example" },
  };

  expect(profileToTell(profileOf(told))).toEqual(told);
});

test("an address of which nothing is given is none, and one of which something is given is told whole", () => {
  expect(profileToTell(NO_PROFILE).address).toBeNull();
  expect(profileToTell({ ...NO_PROFILE, address: { ...NO_PROFILE.address, city: " Lviv " } }).address).toEqual({
    street: "",
    city: "Lviv",
    postal_code: null,
    region: null,
  });
});

test.each([
  ["rims.example", "https://rims.example"],
  ["http://rims.example", "http://rims.example"],
  ["", null],
])("the web site %s is told as %s", (typed, told) => {
  const values = { ...NO_PROFILE, contact: { ...NO_PROFILE.contact, website: typed } };

  expect(profileToTell(values).contact.website).toBe(told);
});
