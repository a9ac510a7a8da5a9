/** Work that is kept in the browser: reloads, other tabs, and storage that is full, gone or refused. */
import { expect, type Locator, type Page } from "@playwright/test";
import { DrawPage } from "./draw-page.ts";
import { KShotPage } from "./page.ts";
import { pathOf } from "./samples.ts";
import { PAGE_URL } from "./servers.ts";
import { test } from "./test.ts";

function saved(page: Page): Locator {
  return page.locator("#keep [data-saved]");
}

async function expectSaved(page: Page): Promise<void> {
  await expect(saved(page)).toHaveAttribute("data-saved", "saved");
}

function alertOf(page: Page, says: string): Locator {
  return page.getByRole("alert").filter({ hasText: says });
}

/** Every score that is shown, and the threshold: what the last bit would change. */
async function told(kshot: KShotPage): Promise<string[]> {
  await expect(kshot.answer).not.toHaveAttribute("data-answer", "");
  return kshot.page.locator("#bars li").allTextContents();
}

/** Changes what is kept behind the page's back. */
async function changeKept(
  page: Page,
  change: (heads: IDBObjectStore, pieces: IDBObjectStore) => unknown,
): Promise<void> {
  await page.evaluate(
    (source) =>
      new Promise<void>((resolve, reject) => {
        const open = indexedDB.open("kshot");
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const transaction = open.result.transaction(["heads", "pieces"], "readwrite");
          new Function("heads", "pieces", `(${source})(heads, pieces)`)(
            transaction.objectStore("heads"),
            transaction.objectStore("pieces"),
          );
          transaction.oncomplete = () => {
            open.result.close();
            resolve();
          };
        };
      }),
    change.toString(),
  );
}

async function fillTwoClasses(kshot: KShotPage): Promise<void> {
  await kshot.addPhotos(0, ["cup-01.jpg", "cup-02.jpg"].map(pathOf));
  await kshot.addPhotos(1, ["football-01.jpg", "football-02.jpg"].map(pathOf));
  await kshot.expectCount(0, 2);
  await kshot.expectCount(1, 2);
}

test("a reload brings everything back: names, shots, photos, settings and the same answers", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await expect(saved(page)).toHaveAttribute("data-saved", "idle");
  await fillTwoClasses(kshot);
  await kshot.name(0).fill("cup");
  await kshot.name(0).press("Enter");
  await page.getByText("How it decides").click();
  await page.getByRole("radio", { name: "Siamese" }).check();
  await kshot.card(1).getByRole("switch").click();
  await kshot.card(1).getByRole("switch").click();
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  const before = await told(kshot);
  await expectSaved(page);
  await page.reload();
  await kshot.ready();
  await expectSaved(page);
  await expect(kshot.name(0)).toHaveValue("cup");
  await kshot.expectCount(0, 2);
  await kshot.expectCount(1, 2);
  const photo = kshot.shots(0).first().locator("img");
  await expect.poll(() => photo.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(128);
  await page.getByText("How it decides").click();
  await expect(page.getByRole("radio", { name: "Siamese" })).toBeChecked();
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  expect(await told(kshot)).toEqual(before);
});

test("what comes back is what was there, to the last bit", async ({ kshot, page }) => {
  await kshot.open();
  await fillTwoClasses(kshot);
  await expectSaved(page);
  const exported = async () => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save file" }).click();
    const { readFile } = await import("node:fs/promises");
    return (await readFile(await (await download).path())).toString("base64");
  };
  const before = await exported();
  await page.reload();
  await kshot.ready();
  expect((await exported()) === before, "the exported files are equal").toBe(true);
});

test("starting over empties what is kept too, and undo brings it back", async ({ kshot, page }) => {
  await kshot.open();
  await fillTwoClasses(kshot);
  await expectSaved(page);
  await page.getByRole("button", { name: "Start over" }).click();
  await kshot.expectCount(0, 0);
  await page.locator("#undo").click();
  await kshot.expectCount(1, 2);
  await page.getByRole("button", { name: "Start over" }).click();
  await kshot.expectCount(0, 0);
  await expectSaved(page);
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 0);
  await kshot.expectCount(1, 0);
});

test("two tabs: the one that is behind says so, loads what is newer, and undo gives its own back", async ({
  kshot,
  page,
  context,
}) => {
  await kshot.open();
  await kshot.addPhotos(0, [pathOf("cup-01.jpg")]);
  await kshot.expectCount(0, 1);
  await expectSaved(page);
  const other = new KShotPage(await context.newPage());
  await other.open(PAGE_URL);
  await other.expectCount(0, 1);
  await expect(alertOf(page, "newer work"), "opening another tab changes nothing").toHaveCount(0);
  await other.addPhotos(0, [pathOf("cup-02.jpg")]);
  await other.expectCount(0, 2);
  await expectSaved(other.page);
  await expect(alertOf(page, "Another tab has newer work.")).toBeVisible();
  // What is done here meanwhile does not overwrite it.
  await kshot.addPhotos(1, [pathOf("football-01.jpg")]);
  await kshot.expectCount(1, 1);
  await expect(saved(page)).toHaveText("Not saved");
  await page.getByRole("button", { name: "Load it" }).click();
  await kshot.expectCount(0, 2);
  await kshot.expectCount(1, 0);
  await expectSaved(page);
  await page.locator("#undo").click();
  await kshot.expectCount(1, 1);
  await kshot.expectCount(0, 1);
  await expectSaved(page);
  await expect(alertOf(other.page, "Another tab has newer work.")).toBeVisible();
  await other.page.getByRole("button", { name: "Save this instead" }).click();
  await expectSaved(other.page);
  await expect(alertOf(page, "Another tab has newer work.")).toBeVisible();
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 2);
});

test("two tabs that write at once: one of them wins, the other says so, and neither is lost", async ({
  kshot,
  page,
  context,
}) => {
  await kshot.open();
  const other = new KShotPage(await context.newPage());
  await other.open(PAGE_URL);
  // Without the channel, so that only the database can tell.
  for (const one of [page, other.page])
    await one.evaluate(() => {
      BroadcastChannel.prototype.postMessage = () => {};
    });
  await Promise.all([
    kshot.addPhotos(0, [pathOf("cup-01.jpg")]),
    other.addPhotos(0, ["football-01.jpg", "football-02.jpg"].map(pathOf)),
  ]);
  await kshot.expectCount(0, 1);
  await other.expectCount(0, 2);
  const kinds = async () =>
    (await Promise.all([page, other.page].map((one) => saved(one).getAttribute("data-saved")))).sort();
  await expect.poll(kinds).toEqual(["newer", "saved"]);
});

test("storage that is cleared while the page runs: everything is saved again", async ({ kshot, page }) => {
  await kshot.open();
  await fillTwoClasses(kshot);
  await expectSaved(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: new URL(PAGE_URL).origin,
    storageTypes: "all",
  });
  await kshot.addPhotos(0, [pathOf("cup-03.jpg")]);
  await kshot.expectCount(0, 3);
  await expectSaved(page);
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 3);
  await kshot.expectCount(1, 2);
});

test("a full disk: it is said, the shots stay, and it is saved once there is room", async ({
  kshot,
  page,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(PAGE_URL);
  // Before anything is written: Chromium remembers for a while how much room there was.
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await kshot.open();
  await fillTwoClasses(kshot);
  await expect(alertOf(page, "there is no room left on this disk")).toContainText("Save a file of it");
  await expect(saved(page)).toHaveText("Not saved");
  await kshot.askAbout(pathOf("football-07.jpg"));
  await kshot.expectAnswer(1);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByRole("button", { name: "Try again" }).click();
  await expectSaved(page);
  await expect(alertOf(page, "no room")).toHaveCount(0);
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 2);
  await kshot.expectCount(1, 2);
});

test("a browser that keeps nothing: it is said, and everything else works", async ({ kshot, page }) => {
  await page.addInitScript(() => {
    // As browsers refuse it in some private windows.
    IDBFactory.prototype.open = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
  });
  await kshot.open();
  await expect(alertOf(page, "this browser keeps nothing for this page")).toContainText("Save a file of it");
  await fillTwoClasses(kshot);
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  await expect(saved(page)).toHaveText("Not saved");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save file" }).click();
  expect((await download).suggestedFilename()).toMatch(/^kshot-.*\.kshot$/);
});

test("what was kept and cannot be opened is not overwritten unasked", async ({ kshot, page }) => {
  await kshot.open();
  await fillTwoClasses(kshot);
  await expectSaved(page);
  // A shot is gone from the database, as after a disk fault.
  await changeKept(page, (heads, pieces) => {
    pieces.openCursor().onsuccess = ({ target }) =>
      (target as IDBRequest<IDBCursorWithValue>).result.delete();
    return heads;
  });
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 0);
  await expect(alertOf(page, "cannot be opened")).toBeVisible();
  await kshot.addPhotos(0, [pathOf("cup-03.jpg")]);
  await kshot.expectCount(0, 1);
  await expect(saved(page)).toHaveText("Not saved");
  await page.getByRole("button", { name: "Save this instead" }).click();
  await expectSaved(page);
  await page.reload();
  await kshot.ready();
  await kshot.expectCount(0, 1);
});

test("what another network made is embedded anew from its photos, says so, and is kept as it is now", async ({
  kshot,
  page,
}) => {
  await kshot.open();
  await fillTwoClasses(kshot);
  await expectSaved(page);
  await changeKept(page, (heads) => {
    heads.get("objects").onsuccess = ({ target }) => {
      const head = (target as IDBRequest).result;
      head.record.embedder = { name: "older", sha256: "ab".repeat(32), dimensions: 1280 };
      heads.put(head, "objects");
    };
  });
  await page.reload();
  await kshot.ready();
  const note = page.getByRole("status").filter({ hasText: "4 shots were made with another network" });
  await expect(note).toBeVisible();
  await kshot.expectCount(0, 2);
  await kshot.askAbout(pathOf("cup-05.jpg"));
  await kshot.expectAnswer(0);
  await expectSaved(page);
  const made = () =>
    page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const open = indexedDB.open("kshot");
          open.onsuccess = () => {
            const head = open.result.transaction("heads").objectStore("heads").get("objects");
            head.onsuccess = () => {
              open.result.close();
              resolve(head.result.record.embedder.name);
            };
          };
        }),
    );
  await expect.poll(made).toBe("efficientnet_lite0");
});

test("the drawing page keeps its support set, its order, its samples and so its answers", async ({
  kshot,
  page,
}) => {
  const draw = new DrawPage(page);
  await kshot.open();
  await draw.open();
  const state = page.locator("#panel-draw [data-saved]");
  await expect(state).toHaveAttribute("data-saved", "idle");
  await draw.fill();
  await draw.button("Shuffle").click();
  const order = page.locator("#panel-draw .order-keys");
  const look = async () => ({
    order: await order.textContent(),
    shots: await draw.allShots.count(),
    names: await page.locator("#panel-draw .matrix-name").allTextContents(),
  });
  const before = await look();
  await draw.queries.nth(1).click();
  await expect(draw.answers).not.toHaveAttribute("data-answer", "");
  // One that reads the shots in their order, and one that does not.
  const scores = async () => {
    await draw.settled();
    return [await draw.probabilities("SNAIL"), await draw.probabilities("Prototypical")];
  };
  const told = await scores();
  await expect(state).toHaveAttribute("data-saved", "saved");
  // The address says that the drawing page is open.
  await page.reload();
  await draw.ready();
  await expect(state).toHaveAttribute("data-saved", "saved");
  expect(await look()).toEqual(before);
  await draw.queries.nth(1).click();
  await expect(draw.answers).not.toHaveAttribute("data-answer", "");
  await expect.poll(scores).toEqual(told);
  // What another tab draws is told here too.
  const other = new DrawPage(await page.context().newPage());
  await other.page.goto(PAGE_URL);
  await other.page.getByRole("tab", { name: "Draw" }).click();
  await other.ready();
  await other.allShots.first().click();
  await expect(alertOf(page, "Another tab has newer work.")).toBeVisible();
  await draw.button("Load it").click();
  await expect(draw.allShots).toHaveCount(before.shots - 1);
  await draw.button("Undo").click();
  await expect(draw.allShots).toHaveCount(before.shots);
});
