import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { sayer } from "@/said/said";
import english from "@/said/en.json";
import ukrainian from "@/said/uk.json";

let say: (sentence: string) => string;

beforeAll(async () => {
  await i18next.init({
    lng: "uk",
    fallbackLng: "en",
    resources: { en: { said: english }, uk: { said: ukrainian } },
    interpolation: { escapeValue: false },
  });
  say = sayer(i18next);
});

test.each([
  ["Total 5,250.01 is 0.01 above the limit of 5,250.00 (order 5,000.00 + 5 %).", "Сума 5 250,01 на 0,01 більша за межу 5 250,00 (замовлення 5 000,00 + 5 %)."],
  ["Total 100.00 is 10.00 above the limit of 90.00 (order 90.00, no tolerance).", "Сума 100,00 на 10,00 більша за межу 90,00 (замовлення 90,00, без відхилення)."],
  [
    "Gross total 60.00, with 50.00 already approved (A-1 and A-2), together 110.00, is 5.00 above the limit of 105.00 (order 100.00 + 5 % or 7, the lower of them).",
    "Сума з податком 60,00, разом із уже погодженими 50,00 (A-1 і A-2) — 110,00, що на 5,00 більше за межу 105,00 (замовлення 100,00 + 5 % або 7, що менше).",
  ],
  ["Line 3, Touring tyre, wide, was not ordered.", "Рядок 3, Touring tyre, wide, не замовлено."],
  [
    "Line 3, Tyre, was not ordered: line 1 of the order is Rim 700C (RIM-7).",
    "Рядок 3, Tyre, не замовлено: рядок 1 замовлення — Rim 700C (RIM-7).",
  ],
  [
    "Line 1, Hub: unit price 105.0002 is 0.0002 above the limit of 105.00 (ordered 100.00 + 5 %).",
    "Рядок 1, Hub: ціна 105,0002 на 0,0002 більше за межу 105,00 (замовлено 100,00 + 5 %).",
  ],
  ["Line 1, Hub: quantity 41, above the 40 received.", "Рядок 1, Hub: кількість 41, більше, ніж одержано: 40."],
  ["Net total 5,250.00, above the 5,000.00 ordered.", "Сума без податку 5 250,00, більше, ніж замовлено: 5 000,00."],
  [
    "The invoices for order PO-2026-00001 come to 5,250.01 net, 250.01 more than the 5,000.00 ordered.",
    "Рахунки за замовленням PO-2026-00001 становлять 5 250,01 без податку, на 250,01 більше за замовлені 5 000,00.",
  ],
  ["It waits for H-1 of the same order, which is not decided yet.", "Чекає на рішення щодо H-1 за тим самим замовленням."],
  ["at most 5,250.00", "не більше 5 250,00"],
  ["unit price more than ordered by at most 5 %", "ціна — більше, ніж замовлено, на щонайбільше 5 %"],
  ["5,250.01", "5 250,01"],
])("%s", (sentence, said) => {
  expect(say(sentence).replaceAll(/\s/g, " ")).toBe(said);
});

test("what nobody has foreseen is said as it came", () => {
  expect(say("Something else was wrong.")).toBe("Something else was wrong.");
});

test("every form recognises the sentence it is the form of", () => {
  for (const [key, text] of Object.entries(english.said))
    expect(say(text.replaceAll(/\{\{\w+\}\}/g, "7")), key).not.toMatch(/[A-Za-z]{3}/);
});
