/**
 * The hosted page without a network: served from a folder below any address, kept whole on the first visit, and
 * replaced whole by the next version.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { writeServiceWorker } from "../../www/offline/build.ts";
import { DrawPage } from "./draw-page.ts";
import { FacePage } from "./face-page.ts";
import type { KShotPage } from "./page.ts";
import { type Site, serve } from "./static-server.ts";
import { test as base, expect } from "./test.ts";

const DIST = fileURLToPath(new URL("../../www/dist/", import.meta.url));
const PATH = "/some/where/kshot/";

const test = base.extend<{ folder: string; site: Site }>({
  serviceWorkers: "allow",
  // A copy that a test may change.
  folder: async ({ browserName: _ }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "kshot-site-"));
    cpSync(DIST, folder, { recursive: true });
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
  site: async ({ folder }, use) => {
    const site = await serve({ folders: { [PATH]: folder } });
    await use(site);
    await site.close();
  },
});

/** Opens the page and waits until a visit without a network is provided for. */
async function visit(kshot: KShotPage, site: Site): Promise<void> {
  await kshot.open(site.url + PATH.slice(1));
  await kshot.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
}

/** What is kept of the weights that come later, by their names without hashes, in the newest version. */
function keptWeights(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const [name] = (await caches.keys()).slice(-1);
    const urls = (await (await caches.open(name ?? "")).keys()).map(({ url }) => url);
    return urls
      .map((url) => url.match(/assets\/(\w[\w-]*)-[\w-]{8}\.(safetensors|characters)$/)?.[1] ?? "")
      .filter((stem) => ["camera", "drawings", "faces", "omniglot-test"].includes(stem))
      .sort();
  });
}

/** The version of the page on show, by its title. */
const title = (page: Page) => page.title();

/** Makes the folder the next version: another title, on the page and in a script. */
function change(folder: string, name: string, listed = true): void {
  const path = join(folder, "index.html");
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace(/<title>.*<\/title>/, `<title>${name}</title>`));
  if (listed) writeServiceWorker(folder);
}

/** Looks for a new version, as browsers do by themselves once a day, and says what became of it. */
function update(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const { installing, waiting } = registration;
    const worker = installing ?? waiting;
    if (worker === null) return "none";
    while (worker.state === "installing") {
      await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    }
    return worker.state;
  });
}

test("after the first visit everything works offline, from any folder, and asks nobody", async ({
  kshot,
  page,
  site,
}) => {
  await visit(kshot, site);
  await expect.poll(() => keptWeights(page)).toEqual(["camera", "drawings", "faces", "omniglot-test"]);
  await site.close();
  site.requests.length = 0;
  const failed: string[] = [];
  page.on("requestfailed", (request) => failed.push(request.url()));
  await page.reload();
  await kshot.ready();
  await kshot.loadSamples();
  await page.getByRole("option").nth(5).click();
  await kshot.expectAnswer(1);
  await page.getByRole("tab", { name: "Draw" }).click();
  await new DrawPage(page).ready();
  await page.getByRole("tab", { name: "Face" }).click();
  await new FacePage(page).ready();
  await page.getByRole("tab", { name: "Camera" }).click();
  await page.getByText("How it decides").click();
  await page.getByRole("radio", { name: /^SNAIL/ }).click();
  await expect(page).toHaveURL(/method=snail/);
  expect(failed).toEqual([]);
  expect(site.requests).toEqual([]);
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    const response = await fetch(link?.href ?? "");
    const { icons, start_url } = await response.json();
    const found = await Promise.all(
      icons.map(async ({ src }: { src: string }) => (await fetch(new URL(src, response.url))).ok),
    );
    return { start: new URL(start_url, response.url).pathname, found };
  });
  expect(manifest.start).toBe(PATH);
  expect(manifest.found).not.toContain(false);
  const card = await page.evaluate(async () => {
    const said = (name: string) =>
      document.querySelector<HTMLMetaElement>(`meta[property="og:image${name}"]`)?.content ?? "";
    const response = await fetch(said(""));
    const { width, height } = await createImageBitmap(await response.blob());
    return { size: [String(width), String(height)], said: [said(":width"), said(":height")] };
  });
  expect(card.size, "the social card").toEqual(card.said);
});

test("a new version waits until no page of the old one is open, and comes whole", async ({
  kshot,
  page,
  site,
  folder,
  context,
}) => {
  await visit(kshot, site);
  const first = await title(page);
  const second = await context.newPage();
  await second.goto(site.url + PATH.slice(1));
  change(folder, "the next version");
  expect(await update(page)).toBe("installed");
  await page.reload();
  expect(await title(page), "another page of the old version is open").toBe(first);
  await kshot.ready();
  await second.close();
  // Nobody has the old one open any more: this page is outside its scope.
  await page.goto(site.url);
  await page.waitForFunction(async () => {
    const [registration] = await navigator.serviceWorker.getRegistrations();
    return registration?.waiting === null && registration.active?.state === "activated";
  });
  await page.goto(site.url + PATH.slice(1));
  expect(await title(page)).toBe("the next version");
  await kshot.ready();
  expect(await page.evaluate(() => caches.keys())).toHaveLength(1);
});

test("on mobile data weights are kept when they are used, and the next version brings those along", async ({
  kshot,
  page,
  site,
  folder,
}) => {
  // As browsers on phones say it.
  await page.addInitScript(() =>
    Object.defineProperty(navigator, "connection", { value: { type: "cellular" }, configurable: true }),
  );
  await visit(kshot, site);
  expect(await keptWeights(page)).toEqual([]);
  await page.getByRole("tab", { name: "Draw" }).click();
  await new DrawPage(page).ready();
  const used = ["drawings", "omniglot-test"];
  await expect.poll(() => keptWeights(page)).toEqual(used);

  change(folder, "the next version");
  expect(await update(page)).toBe("installed");
  await page.goto(site.url);
  await page.waitForFunction(async () => {
    const [registration] = await navigator.serviceWorker.getRegistrations();
    return registration?.waiting === null && registration.active?.state === "activated";
  });
  await site.close();
  await page.goto(`${site.url}${PATH.slice(1)}?task=draw`);
  expect(await title(page)).toBe("the next version");
  await new DrawPage(page).ready();
  expect(await keptWeights(page)).toEqual(used);
  await page.getByRole("tab", { name: "Face" }).click();
  await expect(new FacePage(page).alert).toContainText("could not be downloaded");
});

test("a version that is half deployed is not taken, and the old one goes on", async ({
  kshot,
  page,
  site,
  folder,
}) => {
  await visit(kshot, site);
  const first = await title(page);
  change(folder, "the next version");
  // Its page changes once more, and the list of its files does not know.
  change(folder, "something else", false);
  expect(await update(page)).toBe("redundant");
  await page.reload();
  await kshot.ready();
  expect(await title(page)).toBe(first);
});
