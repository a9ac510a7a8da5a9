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

test.describe("in a browser that is set to Chinese", () => {
  test.use({ locale: "zh-CN" });

  test("the page, the page of snippets and the element speak it, until they are told otherwise", async ({
    kshot,
    page,
  }) => {
    await kshot.open();
    await expect(kshot.root).toHaveAttribute("lang", "zh-Hans");
    await expect(page.getByRole("button", { name: "打开摄像头" })).toBeVisible();
    await kshot.addPhotos(0, [{ name: "notes.txt", mimeType: "image/png", buffer: Buffer.from("text") }]);
    await expect(page.locator("[data-code=picture_unreadable]"), "no space between sentences").toContainText(
      "。请",
    );
    await page.getByRole("button", { name: "English" }).click();
    await page.goto("./");
    await expect(page.getByRole("button", { name: "Turn on camera" }), "the choice is kept").toBeVisible();
    await page.evaluate(() => localStorage.clear());
    await page.goto("./slides.html");
    await expect(page.getByRole("heading", { name: "放进幻灯片" })).toBeVisible();
    await page.goto("./embed.html");
    await expect(page.getByRole("button", { name: "打开摄像头" })).toBeVisible();
  });
});
