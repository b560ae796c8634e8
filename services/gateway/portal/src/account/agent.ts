/** "Firefox on Windows" from what a browser says of itself; null for what is no browser we know. */

// The order matters: each of them also says it is those further down.
const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|Chromium\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

function named(said: string, names: [RegExp, string][]): string | null {
  return names.find(([sign]) => sign.test(said))?.[1] ?? null;
}

export function agentOf(said: string): { browser: string; system: string | null } | null {
  const browser = named(said, BROWSERS);
  return browser === null ? null : { browser, system: named(said, SYSTEMS) };
}
