/** English and 简体中文: no key is missing in either, anywhere. */
import type { Found } from "./pages/words.ts";
import { API_URL } from "./servers.ts";
import { expect, test } from "./test.ts";

test("no key is missing in any dictionary of the page and of the element", async ({ page }) => {
  await page.goto(API_URL);
  const { files, faults } = (await page.evaluate(
    "import('/words.ts').then(({ compare }) => compare())",
  )) as Found;
  expect(faults).toEqual([]);
  const names = files.map(({ file }) => file);
  for (const file of [
    "page/words.ts",
    "page/error-words.ts",
    "page/draw/words.ts",
    "element/words.ts",
    "slides/words.ts",
  ])
    expect(names).toContain(file);
  for (const { file, words } of files) expect(words, file).toBeGreaterThan(3);
});
