/** People that are kept in the browser because someone said so, and never else; and files of people. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";
import { endWorker } from "./end-worker.ts";
import { facePath } from "./face-camera.ts";
import { FacePage } from "./face-page.ts";
import { PAGE_URL } from "./servers.ts";
import { test as base } from "./test.ts";

const test = base.extend<{ face: FacePage }>({ face: async ({ page }, use) => use(new FacePage(page)) });

const ADA = ["caltech-p05-1", "caltech-p05-2"].map(facePath);
const BOB = ["caltech-p15-1", "caltech-p15-2"].map(facePath);

/** Everything in the page's databases that is about faces, to the last byte, and the size of it. */
function stored(page: Page): Promise<{ keys: string[]; text: string }> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const keys: string[] = [];
    let text = "";
    for (const { name = "" } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store);
        for (const key of await done(all.getAllKeys())) {
          if (key === "objects" || key === "drawings") continue;
          keys.push(`${store} ${JSON.stringify(key)}`);
          const value = await done(database.transaction(store).objectStore(store).get(key));
          text += JSON.stringify(value, (_, one) =>
            ArrayBuffer.isView(one) ? [...(one as Uint8Array)] : one,
          );
        }
      }
      database.close();
    }
    return { keys, text };
  });
}

function switchOf(face: FacePage): Locator {
  return face.panel.getByRole("switch", { name: "Keep these people in this browser" });
}

/** Enrols somebody, and waits for the last of the photos: each is a change of its own, and saved as one. */
async function enrol(face: FacePage, name: string, photos: string[]): Promise<void> {
  await face.enrolFromPhotos(name, photos);
  await expect(face.page.getByText(`${name} is enrolled, by ${photos.length} shots.`)).toBeVisible();
}

function savedOf(face: FacePage): Locator {
  return face.panel.locator("[data-saved]");
}

/** What is said of a photo of each: who it is, and the similarity to everyone. */
async function told(face: FacePage): Promise<string[]> {
  await face.choose("Recognition");
  const all: string[] = [];
  for (const [photo, name] of [
    ["caltech-p15-3", "Bob"],
    ["caltech-p05-3", "Ada"],
  ] as const) {
    await face.askAbout(facePath(photo));
    await expect(face.answer).toContainText(name);
    all.push(await face.answer.innerText(), await face.panel.locator(".face-scores").innerText());
  }
  return all;
}

async function saveFile(face: FacePage): Promise<Buffer> {
  const download = face.page.waitForEvent("download");
  await face.button("Save file").click();
  return readFile(await (await download).path());
}

async function openFile(face: FacePage, file: Buffer): Promise<void> {
  const chooser = face.page.waitForEvent("filechooser");
  await face.button("Open file").click();
  const name = "people.kshot";
  await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: file });
}

/** The bytes of a file with some of them changed, and a checksum that fits. */
function patched(file: Buffer, at: number, values: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(values, at);
  copy.set(createHash("sha256").update(copy.subarray(0, -32)).digest(), copy.length - 32);
  return copy;
}

/** Reloads; the address says that the face page is open. */
async function again(face: FacePage): Promise<void> {
  await face.page.reload();
  await face.ready();
}

test("people are kept only once that is switched on: over a reload, to the last bit, and not a byte after", async ({
  kshot,
  face,
  page,
}) => {
  await kshot.open();
  await face.open();
  await expect(switchOf(face)).not.toBeChecked();
  await enrol(face, "Ada", ADA);
  await expect(face.people).toHaveCount(1);
  await expect(savedOf(face)).toHaveText("Not saved");
  await expect.poll(() => face.held()).toMatchObject({ shots: "2", storage: "0 bytes" });
  expect((await stored(page)).keys, "nothing is stored unasked").toEqual([]);
  await again(face);
  await expect(face.people).toHaveCount(0);
  await expect(switchOf(face)).not.toBeChecked();

  await enrol(face, "Ada", ADA);
  await expect(face.people).toHaveCount(1);
  await switchOf(face).click();
  await expect(savedOf(face)).toHaveText("Saved");
  // What comes later is kept too.
  await enrol(face, "Bob", BOB);
  await expect(face.people).toHaveCount(2);
  await face.threshold.press("ArrowRight");
  await expect.poll(async () => (await stored(page)).text).toContain('"Bob"');
  await expect(savedOf(face)).toHaveText("Saved");
  const before = await told(face);
  const file = await saveFile(face);
  await again(face);
  await expect(switchOf(face)).toBeChecked();
  await expect(face.people).toHaveCount(2);
  await expect(savedOf(face)).toHaveText("Saved");
  expect(await told(face)).toEqual(before);
  expect((await saveFile(face)).equals(file), "the files before and after are equal").toBe(true);

  await switchOf(face).click();
  await expect(savedOf(face)).toHaveText("Not saved");
  await expect.poll(async () => (await stored(page)).keys).toEqual([]);
  await expect(face.people, "they stay until the page is closed").toHaveCount(2);
  await expect.poll(() => face.held()).toMatchObject({ storage: "0 bytes" });
  await again(face);
  await expect(face.people).toHaveCount(0);
});

test("forgetting empties what is kept in every tab, and no tab brings it back", async ({
  kshot,
  face,
  page,
  context,
}) => {
  await kshot.open();
  await face.open();
  await switchOf(face).click();
  await expect(savedOf(face)).toHaveText("Saved");
  await enrol(face, "Ada", ADA);
  await expect.poll(async () => (await stored(page)).text).toContain('"Ada"');
  const other = new FacePage(await context.newPage());
  await other.page.goto(`${PAGE_URL}?task=face`);
  await other.ready();
  await expect(other.people).toHaveCount(1);
  await expect(switchOf(other)).toBeChecked();

  // One tab saves, and the one that is behind loads it; undo gives its own back.
  await enrol(other, "Bob", BOB);
  await expect(other.people).toHaveCount(2);
  await expect(savedOf(other)).toHaveText("Saved");
  const newer = face.panel.getByRole("alert").filter({ hasText: "Another tab has newer work." });
  await expect(newer).toBeVisible();
  await face.button("Load it").click();
  await expect(face.people).toHaveCount(2);
  await expect(newer).toHaveCount(0);
  await expect(savedOf(face)).toHaveText("Saved");

  await expect.poll(() => face.held()).not.toMatchObject({ storage: "0 bytes" });
  await face.button("Forget me").click();
  await expect(face.panel.getByText("Forgotten. Nothing is left:").first()).toBeVisible();
  expect(await face.held()).toMatchObject({ people: "0", bytes: "0 bytes", storage: "0 bytes" });
  await expect(switchOf(face)).not.toBeChecked();
  await expect(switchOf(other)).not.toBeChecked();
  const gone = other.panel.getByRole("alert").filter({ hasText: "What was kept was deleted" });
  await expect(gone).toBeVisible();
  const { violations } = await new AxeBuilder({ page: other.page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`)).toEqual([]);
  // What the other tab does now is not kept, whether or not it heard of it.
  await other.addPhotos("Ada", [facePath("caltech-p05-3")]);
  await expect(other.people.first()).toContainText("3 shots");
  await expect(savedOf(other)).toHaveText("Not saved");
  expect((await stored(page)).keys).toEqual([]);

  // Both want their own people to be kept: the second is asked which.
  await switchOf(other).click();
  await expect(savedOf(other)).toHaveText("Saved");
  await enrol(face, "Bob", BOB);
  await expect(face.people).toHaveCount(1);
  await switchOf(face).click();
  await expect(newer).toBeVisible();
  // Not told, a tab finds in the database that it was removed.
  await page.evaluate(() => {
    BroadcastChannel.prototype.postMessage = () => {};
  });
  await switchOf(face).click();
  await expect(savedOf(face)).toHaveText("Not saved");
  await expect.poll(async () => (await stored(page)).keys).toEqual([]);
  await other.addPhotos("Bob", [facePath("caltech-p15-3")]);
  await expect(gone).toBeVisible();
  expect((await stored(page)).keys).toEqual([]);
});

test("a full disk, data that is cleared, a browser that keeps nothing: it is said, and everyone stays", async ({
  kshot,
  face,
  page,
  context,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(PAGE_URL);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await kshot.open();
  await face.open();
  await enrol(face, "Ada", ADA);
  await expect(face.people).toHaveCount(1);
  await switchOf(face).click();
  const full = face.panel.getByRole("alert").filter({ hasText: "there is no room left on this disk" });
  await expect(full).toBeVisible();
  await expect(savedOf(face)).toHaveText("Not saved");
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await face.button("Try again").click();
  await expect(savedOf(face)).toHaveText("Saved");
  await expect(full).toHaveCount(0);
  // Who clears the browser's data wants nobody back.
  await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  await face.addPhotos("Ada", [facePath("caltech-p05-3")]);
  await expect(face.panel.getByRole("alert").filter({ hasText: "What was kept was deleted" })).toBeVisible();
  await expect(switchOf(face)).not.toBeChecked();
  expect((await stored(page)).keys).toEqual([]);

  const closed = new FacePage(await context.newPage());
  await closed.page.addInitScript(() => {
    // As browsers refuse it in some private windows.
    IDBFactory.prototype.open = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
  });
  await closed.page.goto(`${PAGE_URL}?task=face`);
  await closed.ready();
  await expect(closed.people, "nothing can be read").toHaveCount(0);
  const refused = closed.panel.getByRole("alert").filter({ hasText: "this browser keeps nothing" });
  await expect(refused, "nobody asked for anything to be kept").toHaveCount(0);
  await enrol(closed, "Bob", BOB);
  await expect(closed.people).toHaveCount(1);
  await switchOf(closed).click();
  await expect(refused).toBeVisible();
  await switchOf(closed).click();
  await expect(refused).toHaveCount(0);
  await expect(switchOf(closed)).not.toBeChecked();
  await expect(closed.people).toHaveCount(1);
});

test("a file of people opens elsewhere to the last bit, by its address too, and undo takes it back", async ({
  kshot,
  face,
  page,
  browser,
}) => {
  await kshot.open();
  await face.open();
  await expect(face.button("Save file")).toBeDisabled();
  await enrol(face, "Ada", ADA);
  await expect(face.people).toHaveCount(1);
  await enrol(face, "Bob", BOB);
  await expect(face.people).toHaveCount(2);
  await face.threshold.press("ArrowRight");
  const before = await told(face);
  const file = await saveFile(face);
  expect(file[10], "the kind").toBe(1);

  // Somebody else, by a link.
  const stranger = await browser.newContext();
  const elsewhere = new FacePage(await stranger.newPage());
  await elsewhere.page.route("**/people.kshot", (route) => route.fulfill({ body: file }));
  await elsewhere.page.goto(`${PAGE_URL}?src=people.kshot`);
  await expect(elsewhere.page.getByRole("tab", { name: "Face" })).toHaveAttribute("aria-selected", "true");
  await elsewhere.ready();
  await expect(elsewhere.people).toHaveCount(2);
  await expect(elsewhere.page).toHaveURL(`${PAGE_URL}?task=face`);
  expect(await told(elsewhere)).toEqual(before);
  expect((await saveFile(elsewhere)).equals(file), "the same file again").toBe(true);
  expect((await stored(elsewhere.page)).keys, "it is not kept unasked").toEqual([]);
  await stranger.close();

  const dialog = page.getByRole("dialog", { name: "Open people.kshot" });
  await openFile(face, file);
  await expect(dialog).toContainText("The file holds 2 people with 4 shots.");
  await dialog.getByRole("button", { name: "Add" }).click();
  await expect(face.people).toHaveCount(4);
  await page.getByRole("button", { name: "Undo" }).filter({ visible: true }).click();
  await expect(face.people).toHaveCount(2);
  await face.button("Remove Bob").click();
  await expect(face.people).toHaveCount(1);
  await openFile(face, file);
  await dialog.getByRole("button", { name: "Replace" }).click();
  await expect(face.people).toHaveCount(2);
  for (const [code, bytes] of [
    ["file_damaged", Buffer.concat([file, Buffer.from("x")])],
    ["file_other_kind", patched(file, 10, [0])],
    ["state_other_embedder", patched(file, 40, [file[40] === 0 ? 1 : 0])],
  ] as const) {
    await openFile(face, bytes);
    if (code === "state_other_embedder") await dialog.getByRole("button", { name: "Replace" }).click();
    await expect(dialog.getByRole("alert")).toHaveAttribute("data-code", code);
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(face.people).toHaveCount(2);
  }
  // An engine that fails for good takes nobody along.
  for (const status of ["ready", "failed"]) {
    await endWorker(page);
    if (status === "ready")
      await expect(page.getByRole("status").filter({ hasText: "Rebuilt on the CPU" })).toBeVisible();
    await expect(kshot.root).toHaveAttribute("data-status", status);
  }
  await page.getByRole("button", { name: "Try again" }).filter({ visible: true }).click();
  await expect(kshot.root).toHaveAttribute("data-status", "ready", { timeout: 60_000 });
  await expect(face.people).toHaveCount(2);
  expect(await told(face)).toEqual(before);
});
