/** Files and folders of the disk, dropped and chosen: what becomes a class, what a shot, and what is said of the rest. */
import { copyFileSync, mkdirSync } from "node:fs";
import { pathOf, samples } from "./samples.ts";
import { expect, test } from "./test.ts";

const [CUP = "", BALL = ""] = samples.classes.map(({ shots }) => shots[0] ?? "");

/** A folder with a folder for each kind of thing, and an empty one. */
function makeFolders(root: string): string {
  for (const [kind, file] of [
    ["cups", CUP],
    ["balls", BALL],
  ] as const) {
    mkdirSync(`${root}/things/${kind}`, { recursive: true });
    for (const n of [1, 2]) copyFileSync(pathOf(file), `${root}/things/${kind}/${n}.jpg`);
  }
  mkdirSync(`${root}/things/nothing`);
  return `${root}/things`;
}

test("a folder of folders makes a class of each, one dropped on a class fills it, and undo takes each back", async ({
  kshot,
  page,
}, info) => {
  const things = makeFolders(info.outputPath());
  await kshot.open();
  const adder = page.getByRole("button", { name: /^Add class/ });
  await kshot.drop(adder, [things]);
  await expect(page.getByRole("article")).toHaveCount(4);
  await kshot.expectCount(2, 2);
  await kshot.expectCount(3, 2);
  await expect(kshot.name(2)).toHaveValue("balls");
  await expect(kshot.name(3)).toHaveValue("cups");
  await kshot.drop(kshot.card(0), [`${things}/cups`, pathOf(BALL)]);
  await kshot.expectCount(0, 3);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, 0);
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("article")).toHaveCount(2);

  await kshot.drop(adder, [`${things}/nothing`]);
  await expect(kshot.toast("There are no photos in it.")).toBeVisible();
  for (const place of [kshot.card(0), page.locator("#stage")]) {
    await kshot.drop(place, [`${things}/nothing`]);
    await expect(kshot.toast("There are no photos in it.")).toBeVisible();
    await page.evaluate(() => document.querySelector("#toast")?.replaceChildren());
    await expect(kshot.toast("There are no photos in it.")).toBeHidden();
  }
  await expect(page.getByRole("article")).toHaveCount(2);
});

test("a folder that is chosen fills its class", async ({ kshot, page }, info) => {
  const things = makeFolders(info.outputPath());
  await kshot.open();
  const chooser = page.waitForEvent("filechooser");
  await kshot
    .card(1)
    .getByRole("button", { name: /^Add a folder/ })
    .click();
  await (await chooser).setFiles(things);
  await kshot.expectCount(1, 4);
  await expect(kshot.shots(1).locator("img[src]")).toHaveCount(4);
});

test("photos on “Add class” make a class, and those that miss everything are told where to go", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.drop(page.getByRole("button", { name: /^Add class/ }), [pathOf(CUP), pathOf(BALL)]);
  await expect(page.getByRole("article")).toHaveCount(3);
  await expect(kshot.name(2)).toHaveValue("Class 3");
  await kshot.expectCount(2, 2);
  await kshot.drop(page.getByRole("banner"), [pathOf(CUP)]);
  await expect(kshot.toast("Drop it on a class to add it")).toBeVisible();
  await page.getByRole("button", { name: "中文" }).click();
  await kshot.drop(page.getByRole("banner"), [pathOf(CUP)]);
  await expect(kshot.toast("拖到类别上即可添加")).toBeVisible();
});

test("what is dropped before the page is ready is told to come again", async ({ kshot, page }) => {
  await page.route("**/embedder-*.safetensors", () => {});
  await page.goto("./");
  for (const place of ["header", "#stage"]) {
    await kshot.drop(page.locator(place).first(), [pathOf(CUP)]);
    await expect(kshot.toast("Still getting ready")).toBeVisible();
    await page.evaluate(() => document.querySelector("#toast")?.replaceChildren());
    await expect(kshot.toast("Still getting ready")).toBeHidden();
  }
});
