/** All texts, by room and language; a room's texts are loaded with its first page. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { speakFor } from "@/api/client";

export const LANGUAGES = { en: "English", uk: "Українська" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT = "counterpart.language";
const texts = import.meta.glob<Record<string, unknown>>("../*/*.json", { import: "default" });

export function isLanguage(word: string | null | undefined): word is Language {
  return word !== null && word !== undefined && word in LANGUAGES;
}

/** What the person has chosen, else what the browser asks for, else English. */
function preferred(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  for (const wish of navigator.languages) {
    const word = wish.split("-")[0];
    if (isLanguage(word)) return word;
  }
  return "en";
}

export async function startTexts(): Promise<void> {
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
    speakFor({ language });
  });
  await i18next
    .use({
      type: "backend" as const,
      read(language: string, room: string, done: (error: unknown, found: unknown) => void) {
        const load = texts[`../${room}/${language}.json`];
        if (load === undefined) done(new Error(`no texts of ${room} in ${language}`), null);
        else
          load().then(
            (found) => done(null, found),
            (error: unknown) => done(error, null),
          );
      },
    })
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: "en",
      supportedLngs: Object.keys(LANGUAGES),
      ns: ["ui", "entrance"],
      defaultNS: "ui",
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}

export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
}
