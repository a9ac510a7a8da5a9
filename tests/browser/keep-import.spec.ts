/** Files on the page: `.kshot` out and in, asked about, taken back; and zips of photos, good and bad. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { strToU8, unzipSync, type Zippable, zipSync } from "fflate";
import { DrawPage } from "./draw-page.ts";
import { drop } from "./drop.ts";
import type { KShotPage } from "./page.ts";
import { fileOf, pathOf } from "./samples.ts";
import { PAGE_URL } from "./servers.ts";
import { expect, test } from "./test.ts";

interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const upload = (name: string, bytes: Uint8Array): Upload => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

const jpeg = (name: string): Uint8Array => new Uint8Array(fileOf(name));

/** A class with two cups and one with a ball. */
async function fill(kshot: KShotPage): Promise<void> {
  await kshot.open();
  await kshot.addPhotos(0, ["cup-01.jpg", "cup-02.jpg"].map(pathOf));
  await kshot.expectCount(0, 2);
  await kshot.addPhotos(1, [pathOf("football-01.jpg")]);
  await kshot.expectCount(1, 1);
  await expect(kshot.page.locator("#keep [data-saved=saved]")).toBeVisible();
}

async function saveFile(page: Page): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save file" }).click();
  return readFile(await (await download).path());
}

async function openFile(page: Page, file: Upload): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open file" }).click();
  await (await chooser).setFiles(file);
}

/** The bytes of a file with some of them changed, and a checksum that fits. */
function patched(file: Buffer, at: number, values: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(values, at);
  copy.set(createHash("sha256").update(copy.subarray(0, -32)).digest(), copy.length - 32);
  return copy;
}

async function expectClasses(page: Page, counts: Record<string, number>): Promise<void> {
  const cards = page.getByRole("article");
  await expect(cards).toHaveCount(Object.keys(counts).length);
  for (const [place, [name, count]] of Object.entries(counts).entries()) {
    await expect(cards.nth(place).getByRole("textbox")).toHaveValue(name);
    await expect(cards.nth(place).getByLabel(/^\d+ shots?$/)).toHaveText(String(count));
  }
}

test("a saved file opens at once where there is nothing to lose, and gives the same answers", async ({
  kshot,
  page,
  context,
}) => {
  await fill(kshot);
  await kshot.name(0).fill("cup");
  await kshot.name(0).press("Enter");
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  const shown = await page.locator("#bars li").allTextContents();
  const file = await saveFile(page);
  await context.clearCookies();
  await page.evaluate(() => indexedDB.deleteDatabase("kshot"));
  await page.goto("about:blank");
  await kshot.open();
  await kshot.expectCount(0, 0);
  await openFile(page, upload("mine.kshot", file));
  await expectClasses(page, { cup: 2, "Class 2": 1 });
  await expect(page.getByRole("status").filter({ hasText: "Opened: 2 classes with 3 shots." })).toBeVisible();
  await expect(page.getByRole("dialog")).toBeHidden();
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  expect(await page.locator("#bars li").allTextContents()).toEqual(shown);
  expect((await saveFile(page)).equals(file), "the same file again").toBe(true);
});

test("where there are shots it asks: cancel, replace or add, each taken back by one undo", async ({
  kshot,
  page,
}) => {
  await fill(kshot);
  const file = await saveFile(page);
  await kshot.addPhotos(1, [pathOf("football-02.jpg")]);
  await kshot.expectCount(1, 2);
  const before = { "Class 1": 2, "Class 2": 2 };
  const dialog = page.getByRole("dialog", { name: "Open mine.kshot" });
  const open = () => openFile(page, upload("mine.kshot", file));
  await open();
  await expect(dialog).toContainText("The file holds 2 classes with 3 shots.");
  await expect(dialog).toContainText("Here there are 2 classes with 4 shots.");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target}`)).toEqual([]);
  // Keys of the page behind it mean nothing meanwhile.
  await page.keyboard.press("Control+z");
  await page.keyboard.press("1");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Turn on the camera first")).toHaveCount(0);
  await expectClasses(page, before);
  await open();
  await dialog.getByRole("button", { name: "Replace" }).click();
  await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
  await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
  await expectClasses(page, before);
  await open();
  await expect(dialog.getByRole("button", { name: "Add" }), "what Enter does loses nothing").toBeFocused();
  await page.keyboard.press("Enter");
  const cards = page.getByRole("article");
  await expect(cards).toHaveCount(4);
  await kshot.expectCount(2, 2);
  await kshot.expectCount(3, 1);
  await page.locator("#undo").click();
  await expectClasses(page, before);
});

test("a file that is wrong is named so, and nothing is lost", async ({ kshot, page }) => {
  await fill(kshot);
  const file = await saveFile(page);
  const flipped = Buffer.from(file);
  flipped[9_000] = (flipped[9_000] ?? 0) ^ 4;
  const bad: [code: string, says: string, bytes: Buffer][] = [
    ["file_not_kshot", "This is no .kshot file.", fileOf("cup-01.jpg")],
    ["file_cut_off", "This file ends too early.", file.subarray(0, file.length - 1)],
    ["file_damaged", "This file is damaged.", flipped],
    ["file_version", "saved by a newer kshot", patched(file, 8, [9, 0])],
    ["file_invalid", "what kshot cannot use", patched(file, 11, [99])],
    ["file_too_large", "more than one file can hold", patched(file, 24, [0xff, 0xff, 0xff, 0xff])],
    ["file_other_kind", "for another task", patched(file, 10, [2])],
  ];
  for (const [code, says, bytes] of bad) {
    await openFile(page, upload("bad.kshot", bytes));
    const told = page.getByRole("dialog").getByRole("alert");
    await expect(told).toContainText(says);
    await expect(told).toHaveAttribute("data-code", code);
    await page.getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
  await page.getByRole("button", { name: "中文" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "打开文件" }).click();
  await (await chooser).setFiles(upload("bad.kshot", flipped));
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("这个文件已损坏。");
});

test("a file of another network says that its photos are looked at anew, and does so", async ({
  kshot,
  page,
}) => {
  await fill(kshot);
  const foreign = patched(await saveFile(page), 40, Array(32).fill(0xab));
  await openFile(page, upload("old.kshot", foreign));
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("It was made with another network");
  await dialog.getByRole("button", { name: "Replace" }).click();
  await expect(
    page.getByRole("status").filter({ hasText: "3 shots were made with another network" }),
  ).toBeVisible();
  await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  await expect(page.locator("#keep [data-saved=saved]")).toBeVisible();
});

test("a file is taken wherever it is dropped: on a card, on the picture, on nothing", async ({
  kshot,
  page,
}) => {
  await fill(kshot);
  const file = upload("mine.kshot", await saveFile(page));
  const dialog = page.getByRole("dialog", { name: "Open mine.kshot" });
  for (const target of [kshot.card(0), page.locator("#view"), page.locator("header.bar")]) {
    await drop(target, file);
    await expect(dialog).toBeVisible();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
  }
  await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
  await expect(page.locator(".dropping")).toHaveCount(0);
});

test.describe("by the address", () => {
  test("?src= opens the file, once, and says how far it is", async ({ kshot, page }) => {
    await fill(kshot);
    const file = await saveFile(page);
    await page.route("**/shared/cups.kshot", (route) => route.fulfill({ body: file }));
    await page.goto(`${PAGE_URL}?src=shared/cups.kshot`);
    await kshot.ready();
    const dialog = page.getByRole("dialog", { name: "Open cups.kshot" });
    await expect(dialog).toContainText("Here there are 2 classes with 3 shots.");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("article")).toHaveCount(4);
    await expect(page).toHaveURL(PAGE_URL);
    await expect(page.locator("#keep [data-saved=saved]")).toBeVisible();
    await page.reload();
    await kshot.ready();
    await expect(page.getByRole("article")).toHaveCount(4);
    await expect(dialog).toBeHidden();
  });

  test("an address without a file says so, and trying again works", async ({ kshot, page }) => {
    await fill(kshot);
    const file = await saveFile(page);
    let broken: "missing" | "damaged" | null = "missing";
    await page.route("**/cups.kshot", (route) => {
      if (broken === "missing") return route.fulfill({ status: 404 });
      return route.fulfill({ body: broken === "damaged" ? file.subarray(0, 5_000) : file });
    });
    await page.goto(`${PAGE_URL}?src=cups.kshot`);
    await kshot.ready();
    const told = page.getByRole("dialog").getByRole("alert");
    await expect(told).toHaveAttribute("data-code", "file_unavailable");
    await expect(page.getByRole("article"), "the page works behind it").toHaveCount(2);
    broken = "damaged";
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(told).toHaveAttribute("data-code", "file_cut_off");
    broken = null;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "Replace" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
    await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
  });
});

test("what is no address at all is told too", async ({ kshot, page }) => {
  await page.goto(`${PAGE_URL}?src=${encodeURIComponent("http://%")}`);
  await kshot.ready();
  await expect(page.getByRole("dialog").getByRole("alert")).toHaveAttribute("data-code", "file_unavailable");
  await page.getByRole("button", { name: "Close" }).click();
  await kshot.addPhotos(0, [pathOf("cup-01.jpg")]);
  await kshot.expectCount(0, 1);
});

test.describe("zips of photos", () => {
  test("a class goes out as a zip of its photos, and makes the same class again", async ({ kshot, page }) => {
    await fill(kshot);
    await kshot.name(0).fill("cups / 杯");
    await kshot.name(0).press("Enter");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the photos of cups / 杯 as a zip" }).click();
    const zip = new Uint8Array(await readFile(await (await download).path()));
    const files = unzipSync(zip);
    expect(Object.keys(files)).toEqual(["cups _ 杯/1.jpg", "cups _ 杯/2.jpg"]);
    for (const bytes of Object.values(files)) expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    await openFile(page, upload("cups.zip", zip));
    await expect(page.getByRole("article")).toHaveCount(3);
    await expect(kshot.name(2)).toHaveValue("cups _ 杯");
    await kshot.expectCount(2, 2);
  });

  test("each folder of a zip is a class, and what is no photo is passed over", async ({ kshot, page }) => {
    await kshot.open();
    const photos: Zippable = {
      "project/mug/1.jpg": jpeg("cup-01.jpg"),
      "project/mug/2.JPG": [jpeg("cup-02.jpg"), { level: 9 }],
      "project/ball/a.jpg": jpeg("football-01.jpg"),
      "project/ball/broken.jpg": strToU8("no photo"),
      "project/manifest.json": strToU8("{}"),
      "__MACOSX/project/mug/._1.jpg": strToU8("x"),
      "project/mug/.DS_Store": strToU8("x"),
    };
    await drop(page.locator("#add-class"), upload("things.zip", zipSync(photos)));
    await expect(page.getByRole("article")).toHaveCount(4);
    await expect(kshot.name(2)).toHaveValue("ball");
    await expect(kshot.name(3)).toHaveValue("mug");
    await kshot.expectCount(2, 1);
    await kshot.expectCount(3, 2);
    await expect(kshot.card(2).getByRole("alert")).toContainText("broken.jpg");
    await page.locator("#undo").click();
    await expect(page.getByRole("article")).toHaveCount(2);
  });

  test("photos without a folder are a class named like the zip, or like their own names say", async ({
    kshot,
    page,
  }) => {
    await kshot.open();
    await openFile(
      page,
      upload("mug-samples.zip", zipSync({ "0.jpg": jpeg("cup-01.jpg"), "1.jpg": jpeg("cup-02.jpg") })),
    );
    await expect(kshot.name(2)).toHaveValue("mug");
    await kshot.expectCount(2, 2);
    // As projects of Teachable Machine are: stored, without folders, with a manifest.
    const manifest = { type: "image", version: "2.4.4", appdata: { trainEpochs: 50, trainBatchSize: 16 } };
    const named = { "mug-!-0.jpg": jpeg("cup-03.jpg"), "on/off-!-10.jpg": jpeg("football-01.jpg") };
    const project = { ...named, "manifest.json": strToU8(JSON.stringify(manifest)) };
    await openFile(page, upload("project.tm", zipSync(project, { level: 0 })));
    await expect(page.getByRole("article")).toHaveCount(5);
    await expect(kshot.name(4)).toHaveValue("on/off");
    await kshot.expectCount(4, 1);
  });

  test("a zip dropped on a class puts its photos there", async ({ kshot, page }) => {
    await kshot.open();
    await drop(
      kshot.card(0),
      upload("any.zip", zipSync({ "a/1.jpg": jpeg("cup-01.jpg"), "b/2.jpg": jpeg("cup-02.jpg") })),
    );
    await kshot.expectCount(0, 2);
    await expect(page.getByRole("article")).toHaveCount(2);
  });

  test("a bomb, too many files, a lie about the size, half a zip and none: each is said, nothing is lost", async ({
    kshot,
    page,
  }) => {
    await fill(kshot);
    const zeros = new Uint8Array(64 * 2 ** 20);
    const bomb = zipSync({ "a/1.png": zeros }, { level: 9 });
    expect(bomb.length, "64 MB in little").toBeLessThan(100_000);
    // The same with a header that states a single byte.
    const liar = bomb.slice();
    new DataView(liar.buffer).setUint32(22, 1, true);
    const many = Object.fromEntries(
      Array.from({ length: 20_001 }, (_, i) => [`a/${i}.jpg`, new Uint8Array()]),
    );
    const good = zipSync({ "a/1.jpg": jpeg("cup-01.jpg"), "a/2.jpg": jpeg("cup-02.jpg") });
    const bad: [code: string, bytes: Uint8Array][] = [
      ["zip_too_large", bomb],
      ["zip_too_large", liar],
      ["zip_too_large", zipSync(many, { level: 0 })],
      ["zip_unreadable", good.subarray(0, good.length / 2)],
      ["zip_unreadable", jpeg("cup-01.jpg")],
      ["zip_unreadable", new Uint8Array()],
    ];
    for (const [code, bytes] of bad) {
      await drop(kshot.card(0), upload("bad.zip", bytes));
      await expect(kshot.card(0).locator(`[data-code=${code}]`)).toBeVisible();
      await kshot.card(0).getByRole("button", { name: "Dismiss" }).click();
      await openFile(page, upload("bad.zip", bytes));
      const told = page.locator(`#classes > .refused [data-code=${code}]`);
      await expect(told).toBeVisible();
      await page.locator("#classes > .refused").getByRole("button").click();
      await expectClasses(page, { "Class 1": 2, "Class 2": 1 });
    }
    await drop(kshot.card(0), upload("good.zip", good));
    await kshot.expectCount(0, 4);
  });
});

test.describe("drawings", () => {
  test("the support set goes out as a file and comes back with its order, and so its answers", async ({
    kshot,
    page,
  }) => {
    const draw = new DrawPage(page);
    await kshot.open();
    await draw.open();
    await expect(draw.button("Save file")).toBeDisabled();
    await draw.fill();
    await draw.button("Shuffle").click();
    const look = async () => ({
      order: await page.locator("#panel-draw .order-keys").textContent(),
      names: await page.locator("#panel-draw .matrix-name").allTextContents(),
    });
    const before = await look();
    const download = page.waitForEvent("download");
    await draw.button("Save file").click();
    const given = await download;
    expect(given.suggestedFilename()).toMatch(/^kshot-drawings-.*\.kshot$/);
    const file = await readFile(await given.path());
    await draw.button("Start over").click();
    await expect(draw.allShots).toHaveCount(0);
    const open = async (name: string, bytes: Buffer) => {
      const chooser = page.waitForEvent("filechooser");
      await draw.button("Open file").click();
      await (await chooser).setFiles(upload(name, bytes));
    };
    await open("mine.kshot", file);
    await expect(draw.allShots).toHaveCount(5);
    expect(await look()).toEqual(before);
    await drop(draw.pad, upload("mine.kshot", file));
    const dialog = page.getByRole("dialog", { name: "Open mine.kshot" });
    await expect(dialog).toContainText("The file holds 5 classes with 5 shots.");
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(draw.allShots).toHaveCount(10);
    await draw.button("Undo").click();
    await expect(draw.allShots).toHaveCount(5);
    expect(await look()).toEqual(before);
    for (const [code, bytes] of [
      ["file_damaged", Buffer.concat([file, Buffer.from("x")])],
      ["file_other_kind", patched(file, 10, [0])],
      // The first number of the first ink, as a float of one half.
      ["file_invalid", patched(file, file.length - 32 - 5 * 4 - 5 * 785 * 4, [0, 0, 0, 0x3f])],
    ] as const) {
      await open("bad.kshot", bytes);
      if (code === "file_invalid") await page.getByRole("button", { name: "Replace" }).click();
      await expect(page.getByRole("dialog").getByRole("alert")).toHaveAttribute("data-code", code);
      await page.getByRole("button", { name: "Close" }).click();
      await expect(draw.allShots).toHaveCount(5);
    }
  });

  test("a file of drawings is no file of the camera, nor the other way round; an address opens it where it belongs", async ({
    kshot,
    page,
  }) => {
    const draw = new DrawPage(page);
    await fill(kshot);
    const objects = await saveFile(page);
    await draw.open();
    const chooser = page.waitForEvent("filechooser");
    await draw.button("Open file").click();
    await (await chooser).setFiles(upload("objects.kshot", objects));
    await expect(page.getByRole("dialog").getByRole("alert")).toContainText("for another task");
    await page.getByRole("button", { name: "Close" }).click();
    await draw.fill();
    const download = page.waitForEvent("download");
    await draw.button("Save file").click();
    const drawings = await readFile(await (await download).path());
    await page.route("**/drawings.kshot", (route) => route.fulfill({ body: drawings }));
    await page.goto(`${PAGE_URL}?src=drawings.kshot`);
    const dialog = page.getByRole("dialog", { name: "Open drawings.kshot" });
    await dialog.getByRole("button", { name: "Add" }).click();
    await expect(draw.allShots).toHaveCount(10);
    await expect(page).toHaveURL(`${PAGE_URL}?task=draw`);
  });
});
