/** Countries and currencies to choose from, named in the language of the page. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** ISO 3166-1 alpha-2. */
const COUNTRIES =
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC " +
  "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD " +
  "GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH " +
  "KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW " +
  "MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC " +
  "SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY " +
  "UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

export function useCountryName(): (code: string) => string {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const names = new Intl.DisplayNames([i18n.language], { type: "region" });
    return (code) => names.of(code) ?? code;
  }, [i18n.language]);
}

export function useCountries(): { value: string; label: string }[] {
  const name = useCountryName();
  const { i18n } = useTranslation();
  return useMemo(
    () =>
      COUNTRIES.split(" ")
        .map((value) => ({ value, label: name(value) }))
        .sort((one, other) => one.label.localeCompare(other.label, i18n.language)),
    [name, i18n.language],
  );
}

/** What is traded in most stands first. */
const EVERYDAY = ["EUR", "UAH", "USD", "PLN", "GBP", "CHF"];

export function useCurrencies(): { value: string; label: string }[] {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const names = new Intl.DisplayNames([i18n.language], { type: "currency" });
    const all = Intl.supportedValuesOf("currency").filter((code) => !EVERYDAY.includes(code));
    return [...EVERYDAY, ...all].map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
  }, [i18n.language]);
}
