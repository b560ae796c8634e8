/**
 * What the matching has said, in the person's language. The service keeps its sentences in English for ever,
 * with the decision they belong to: an engine that has decided never says anything else. So the English texts
 * under `said` are their exact forms, by which a sentence is recognised; what stands at its gaps is put into
 * the same text of the other language, numbers as that language writes them. A sentence of no known form is
 * shown as it came.
 */
import type { i18n } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** Gaps that hold a number; at the others stand words. */
const NUMBERS = new Set(["value", "by", "limit", "ordered", "before", "sum", "rate", "amount", "count", "of", "line", "other"]);
/** Gaps that hold a phrase with forms of its own. */
const PHRASES = new Set(["total", "noun", "Noun", "side", "basis", "kind", "how", "names"]);
const NUMBER = String.raw`−?-?\d[\d,]*(?:\.\d+)?`;

interface Form {
  key: string;
  pattern: RegExp;
}

/** The forms of texts with gaps, in the order in which they are tried. */
export function formsOf(texts: Readonly<Record<string, string>>): Form[] {
  return Object.entries(texts).map(([key, text]) => {
    const pattern = text
      .split(/(\{\{\w+\}\})/)
      .map((part) => {
        const gap = /^\{\{(\w+)\}\}$/.exec(part)?.[1];
        if (gap === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
        return `(?<${gap}>${NUMBERS.has(gap) ? NUMBER : ".*?"})`;
      })
      .join("");
    return { key, pattern: new RegExp(`^${pattern}$`, "s") };
  });
}

/** A number of an English sentence as another language writes it: no digit more, no digit less. */
function rewritten(number: string, language: string): string {
  const digits = number.split(".")[1]?.length ?? 0;
  const format = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(number.replaceAll(",", "").replace("−", "-") as Intl.StringNumericLiteral).replace("-", "−");
}

export function sayer(i18next: i18n): (sentence: string) => string {
  const language = i18next.language;
  if (language === "en") return (sentence) => sentence;
  const english = (i18next.getResourceBundle("en", "said") ?? {}) as {
    said?: Record<string, string>;
    phrases?: Record<string, string>;
  };
  const sentences = formsOf(english.said ?? {});
  const phrases = formsOf(english.phrases ?? {});
  const say = (text: string, from: "said" | "phrases"): string => {
    for (const { key, pattern } of from === "said" ? sentences : phrases) {
      const found = pattern.exec(text);
      if (found === null) continue;
      const gaps = Object.entries(found.groups ?? {}).map(([gap, what]) => {
        if (NUMBERS.has(gap)) return [gap, rewritten(what, language)];
        if (gap === "Noun") return [gap, capital(say(what.charAt(0).toLowerCase() + what.slice(1), "phrases"))];
        return [gap, PHRASES.has(gap) ? say(what, "phrases") : what];
      });
      return i18next.t(`${from}.${key}`, { ns: "said", lng: language, ...(Object.fromEntries(gaps) as object) });
    }
    return new RegExp(`^${NUMBER}$`).test(text) ? rewritten(text, language) : text;
  };
  return (sentence) => say(sentence, "said");
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** Says a sentence of the service in the person's language. */
export function useSaid(): (sentence: string) => string {
  const { i18n: i18next } = useTranslation();
  // Who reads English reads what came.
  const { t } = useTranslation(i18next.language === "en" ? "ui" : "said");
  // `t` changes with the language and with the texts that have come.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => sayer(i18next), [i18next, t]);
}
