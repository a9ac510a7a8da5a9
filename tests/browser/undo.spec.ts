/** Undo on the page: each press takes back one thing that was done, whole, and nothing else. */
import { zipSync } from "fflate";
import { asUpload, fileOf, samples } from "./samples.ts";
import { expect, test, cameraTest as withCamera } from "./test.ts";

const [CUPS = [], BALLS = []] = samples.classes.map(({ shots }) => shots);

/** So many photos; they may be the same. */
const photos = (count: number) => Array.from({ length: count }, () => asUpload(CUPS[0] ?? ""));

withCamera("of two classes held at once, undo takes back one after the other", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.turnOnCamera();
  await page.keyboard.down("1");
  await kshot.waitForCount(0, 2);
  await page.keyboard.down("2");
  await kshot.waitForCount(1, 2);
  await page.keyboard.up("1");
  await kshot.waitForCount(1, 4);
  await page.keyboard.up("2");
  const first = await kshot.settledCount(0);
  await kshot.settledCount(1);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(1, 0);
  await kshot.expectCount(0, first);
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, 0);
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.locator("#undo")).toBeDisabled();
});

withCamera("undo during a burst ends it and takes back this burst alone", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.turnOnCamera();
  await page.keyboard.down("1");
  await kshot.waitForCount(0, 3);
  await page.keyboard.up("1");
  const before = await kshot.settledCount(0);
  await page.keyboard.down("1");
  await kshot.waitForCount(0, before + 2);
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("status").filter({ hasText: "Taken back" })).toBeVisible();
  expect(await kshot.settledCount(0), "the key is still down").toBe(before);
  await page.keyboard.up("1");
});

test("what was saved before is not within reach of undo, also after photos went into two classes at once", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await kshot.addPhotos(0, CUPS.map(asUpload));
  await kshot.addPhotos(1, BALLS.map(asUpload));
  await kshot.expectCount(0, CUPS.length);
  await kshot.expectCount(1, BALLS.length);
  const saved = page.locator("#keep [data-saved]");
  await expect(saved).toHaveAttribute("data-saved", "saved");
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, CUPS.length);
  await expect(page.locator("#undo")).toBeDisabled();

  await kshot.addPhotos(0, photos(8));
  await kshot.addPhotos(1, photos(8));
  await kshot.expectCount(0, CUPS.length + 8);
  await kshot.expectCount(1, BALLS.length + 8);
  for (const left of [8, 0]) {
    await page.keyboard.press("Control+z");
    await kshot.expectCount(1, BALLS.length);
    await kshot.expectCount(0, CUPS.length + left);
  }
  await page.keyboard.press("Control+z");
  await kshot.expectCount(0, CUPS.length);
  await expect(kshot.shots(0).locator("img[src]")).toHaveCount(CUPS.length);
});

test("undo while photos are added ends that and leaves what was done before", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.name(0).fill("cup");
  await kshot.name(0).blur();
  await kshot.addPhotos(0, photos(60));
  await kshot.waitForCount(0, 5);
  await page.locator("#undo").click();
  await kshot.expectCount(0, 0);
  expect(await kshot.settledCount(0)).toBe(0);
  await expect(kshot.name(0)).toHaveValue("cup");
  await expect(page.getByRole("status").filter({ hasText: "added to" })).toBeHidden();
  await page.locator("#undo").click();
  await expect(kshot.name(0)).toHaveValue("Class 1");
  await expect(page.getByRole("article")).toHaveCount(2);
});

test("one undo takes back a drop of more folders than there are steps", async ({ kshot, page }) => {
  await kshot.open();
  const names = Array.from({ length: 60 }, (_, i) => `kind ${i}`);
  const files = names.flatMap((name) => CUPS.slice(0, 2).map((file) => [`${name}/${file}`, fileOf(file)]));
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open file" }).click();
  const buffer = Buffer.from(zipSync(Object.fromEntries(files)));
  await (await chooser).setFiles({ name: "kinds.zip", mimeType: "application/zip", buffer });
  await expect(page.getByRole("article")).toHaveCount(62, { timeout: 60_000 });
  await kshot.expectCount(61, 2);
  await page.locator("#undo").click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(page.locator("#undo")).toBeDisabled();
});

test("names, switches and classes are each taken back, by a button that says which is next", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  const undo = page.locator("#undo");
  await expect(undo).toBeDisabled();
  await kshot.name(0).fill("cup");
  await kshot.name(0).blur();
  await expect(undo).toBeEnabled();
  await expect(undo).toHaveAttribute("title", "Undo renaming");
  const takesPart = kshot.card(0).getByRole("switch");
  await takesPart.click();
  await expect(undo).toHaveAttribute("title", "Undo switching a class on or off");
  await kshot.addClass();
  await kshot.name(2).blur();
  await expect(undo).toHaveAttribute("title", "Undo adding a class");
  await undo.click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await undo.click();
  await expect(takesPart).toBeChecked();
  await undo.click();
  await expect(kshot.name(0)).toHaveValue("Class 1");
  await expect(undo).toBeDisabled();
});

test("the undo of a message takes back what the message is about", async ({ kshot, page }) => {
  await kshot.open();
  await kshot.card(0).getByRole("button", { name: "Remove class Class 1" }).click();
  const message = page.getByRole("status").filter({ hasText: "Removed Class 1." });
  await expect(message).toBeVisible();
  await kshot.card(0).getByRole("switch").click();
  await expect(kshot.card(0).getByRole("switch")).not.toBeChecked();
  await message.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect(kshot.name(0)).toHaveValue("Class 1");
  await expect(kshot.card(1).getByRole("switch")).not.toBeChecked();
});

test("two presses in quick succession take back two things", async ({ kshot, page }) => {
  await kshot.open();
  for (const place of [0, 1]) {
    await kshot.name(place).fill("thing");
    await kshot.name(place).blur();
    await expect(kshot.card(place)).toHaveAttribute("aria-label", "thing");
  }
  await page.evaluate(() => {
    for (const _ of [1, 2])
      dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, cancelable: true }));
  });
  await expect(kshot.name(0)).toHaveValue("Class 1");
  await expect(kshot.name(1)).toHaveValue("Class 2");
});
