/** What is said of guidance, in every language of the page. */
import { language } from "../language.ts";
import type { Language } from "../words.ts";

interface GuidanceWords {
  title: string;
  /** Shots asked about, and how many were named rightly. */
  result(asked: number, right: number): string;
  nothing: string;
  flatters: string;
  table: string;
  isRow: string;
  saidColumn: string;
  none: string;
  alike(one: string, other: string): string;
  allApart: string;
  misplaced(count: number): string;
  /** Of a class that is being recorded. */
  still: string;
  looksLikeClass(other: string): string;
  looksLikeShot(other: string): string;
  move(other: string): string;
  remove: string;
  keep: string;
  moved(other: string): string;
}

/** The words by language. */
export const guidanceLanguages: Record<Language, GuidanceWords> = {
  en: {
    title: "How well your classes hold",
    result: (asked, right) =>
      `Each shot left out in turn and asked about: ${right} of ${asked} named rightly.`,
    nothing: "Each shot is left out in turn and asked about. Record two shots of a class to begin.",
    flatters: "Shots of one burst are alike, so this is the bright side: new pictures are harder.",
    table: "What was said of the shots of each class",
    isRow: "is",
    saidColumn: "said",
    none: "none of these",
    alike: (one, other) => `“${one}” and “${other}” look alike to me. Show what differs, or make them one.`,
    allApart: "No two classes look alike.",
    misplaced: (count) =>
      count === 1
        ? "One shot looks like another class: it is marked on its card."
        : `${count} shots look like another class: they are marked on their cards.`,
    still: "Too similar to the last: turn it, move it",
    looksLikeClass: (other) => `Looks like “${other}” to me`,
    looksLikeShot: (other) => `This shot looks like “${other}”.`,
    move: (other) => `Move to “${other}”`,
    remove: "Delete",
    keep: "It is right",
    moved: (other) => `Moved to “${other}”`,
  },
  zh: {
    title: "类别是否分得开",
    result: (asked, right) => `逐个留出样本来提问：${asked} 个中答对 ${right} 个。`,
    nothing: "逐个留出样本来提问。先给一个类别录制两个样本。",
    flatters: "同一次连拍的样本很相似，所以这是乐观的估计：新的画面更难。",
    table: "每个类别的样本被判断为什么",
    isRow: "实际",
    saidColumn: "判断",
    none: "都不是",
    alike: (one, other) => `“${one}”和“${other}”看起来很像。请展示它们的不同之处，或合为一类。`,
    allApart: "没有两个类别看起来很像。",
    misplaced: (count) => `有 ${count} 个样本看起来像别的类别，已在卡片上标出。`,
    still: "和上一张太像：转一转，动一动",
    looksLikeClass: (other) => `看起来像“${other}”`,
    looksLikeShot: (other) => `这个样本看起来像“${other}”。`,
    move: (other) => `移到“${other}”`,
    remove: "删除",
    keep: "没有错",
    moved: (other) => `已移到“${other}”`,
  },
};

/** The words in the language in use. */
export function guidanceWords(): GuidanceWords {
  return guidanceLanguages[language()];
}
