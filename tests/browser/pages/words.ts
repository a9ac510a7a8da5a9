/** Every dictionary of the page and of the element, compared: what one language has, the other has too. */

type Dictionary = Record<string, unknown>;

const modules: Record<string, Dictionary> = import.meta.glob("../../../www/src/**/*words*.ts", {
  eager: true,
});

/** What the comparison found. */
export interface Found {
  /** Files with words, and how many each language has. */
  files: { file: string; words: number }[];
  /** Keys that one language lacks, that are of another kind, or that say nothing in one. */
  faults: string[];
}

/** Compares all dictionaries. */
export function compare(): Found {
  const found: Found = { files: [], faults: [] };
  for (const [path, exported] of Object.entries(modules)) {
    const file = path.slice(path.indexOf("/src/") + 5);
    const pairs = Object.values(exported).filter(isPair);
    // A long dictionary has a file for each language.
    const twin = file.endsWith("-en.ts") ? modules[path.replace(/-en\.ts$/, "-zh.ts")] : undefined;
    if (twin !== undefined) pairs.push({ en: first(exported), zh: first(twin) });
    const before = found.faults.length;
    let words = 0;
    for (const { en, zh } of pairs) words += compareIn(en, zh, file, found.faults);
    if (words > 0 || found.faults.length > before) found.files.push({ file, words });
  }
  return found;
}

function isPair(value: unknown): value is { en: unknown; zh: unknown } {
  return typeof value === "object" && value !== null && "en" in value && "zh" in value;
}

function first(exported: Dictionary): unknown {
  return Object.values(exported).find((value) => typeof value === "object");
}

function isEmpty(word: unknown): boolean {
  return typeof word === "string" && word.trim() === "";
}

/** Gives how many words there are. */
function compareIn(en: unknown, zh: unknown, where: string, faults: string[]): number {
  if (typeof en !== typeof zh) {
    faults.push(`${where}: ${typeof en} in English, ${typeof zh} in Chinese`);
    return 0;
  }
  if (typeof en === "object" && en !== null && zh !== null) {
    // Names that stand as they are in one language have no entries there at all.
    if (Object.keys(en).length === 0) return 0;
    let words = 0;
    const both = new Set([...Object.keys(en), ...Object.keys(zh as object)]);
    for (const key of both)
      words += compareIn((en as Dictionary)[key], (zh as Dictionary)[key], `${where} ${key}`, faults);
    return words;
  }
  if (isEmpty(en) !== isEmpty(zh)) faults.push(`${where} says nothing in one language`);
  return 1;
}
