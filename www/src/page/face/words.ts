/** The words of the face page in the language in use, loaded with it. */
import { language } from "../language.ts";
import type { Language } from "../words.ts";
import { en, type FaceWords } from "./words-en.ts";
import { zh } from "./words-zh.ts";

const languages: Record<Language, FaceWords> = { en, zh };

/** Read them when they are shown, never keep them. */
export function faceWords(): FaceWords {
  return languages[language()];
}

/** A similarity in three digits: the second decides too little, the fourth is noise. */
export function sayCosine(value: number): string {
  return value.toFixed(3).replace("-", "−");
}

/** A rate of 0 to 1 in percent; small ones keep two digits that mean something. */
export function sayRate(rate: number): string {
  const percent = rate * 100;
  if (percent === 0) return "0 %";
  const text = percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1);
  return `${percent >= 0.95 ? text : Number(percent.toPrecision(2))} %`;
}

/** A rate as people count: once in how many tries. */
export function sayTimes(rate: number, pairs: number): string {
  const { never, oneIn, someOf } = faceWords();
  if (rate === 0) return never(sayCount(pairs));
  if (rate > 0.1) return someOf(Math.round(rate * 100).toString());
  return oneIn(sayCount(Math.round(1 / rate)));
}

/** A whole number with its thousands apart. */
export function sayCount(count: number): string {
  return count.toLocaleString(language() === "zh" ? "zh-CN" : "en-GB");
}
