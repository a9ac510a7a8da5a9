/**
 * The language in use. Fixed texts of index.html name their word in `data-word` (text) or
 * `data-word-label` (accessible name and tooltip); views with changing texts listen instead.
 */
import type { KShotError } from "../errors.ts";
import { fromAddress, toAddress } from "./address.ts";
import { find, setLabel, setText } from "./dom.ts";
import { type ErrorWords, errorWords } from "./error-words.ts";
import { recall, remember } from "./store.ts";
import { type Language, languages, type Words } from "./words.ts";

const LANGUAGES: readonly Language[] = ["en", "zh"];
let current: Language =
  fromAddress("lang", LANGUAGES) ??
  recall("language", LANGUAGES) ??
  (navigator.language.startsWith("zh") ? "zh" : "en");
const listeners = new Set<() => void>();

/** Which language that is. */
export function language(): Language {
  return current;
}

/** The words in use; read them when they are shown, never keep them. */
export function words(): Words {
  return languages[current];
}

/** What to say of an error. */
export function wordsOf(error: KShotError): ErrorWords {
  return errorWords[current][error.code];
}

/** The name in the language in use. */
export function nameIn(names: Record<Language, string>): string {
  return names[current];
}

/** Calls back now and whenever the language changes. */
export function onLanguage(say: () => void): void {
  listeners.add(say);
  say();
}

/** Starts the switch in the top bar. */
export function startLanguage(): void {
  find("language").addEventListener("click", () => {
    current = current === "en" ? "zh" : "en";
    remember("language", current);
    toAddress("lang", current);
    for (const say of listeners) say();
  });
  onLanguage(() => {
    document.documentElement.lang = current === "zh" ? "zh-Hans" : "en";
    find("language").dataset.language = current;
    const all = words();
    for (const element of document.querySelectorAll<HTMLElement>("[data-word]")) {
      setText(element, wordAt(all, element.dataset.word));
    }
    for (const element of document.querySelectorAll<HTMLElement>("[data-word-label]")) {
      setLabel(element, wordAt(all, element.dataset.wordLabel));
    }
  });
}

function wordAt(all: Words, key: string | undefined): string {
  const word = all[key as keyof Words];
  if (typeof word !== "string") throw new Error(`index.html asks for the word ${key}, which is none`);
  return word;
}
