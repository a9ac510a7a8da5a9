/** What can go wrong before the page is ready: one sentence, one thing to do, and then it works. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { KShotPage } from "./page.ts";
import { FOREIGN_URL } from "./servers.ts";
import { serve } from "./static-server.ts";
import { expect, test } from "./test.ts";

const WEIGHTS = "**/*.safetensors";
const MODULE = "**/*.wasm";

/** The page says what is wrong and what to do. */
async function expectFailure(page: Page, says: string, todo: string): Promise<void> {
  const alert = page.getByRole("alert").filter({ hasText: says });
  await expect(alert).toBeVisible({ timeout: 60_000 });
  await expect(alert).toContainText(todo);
  await expect(page.locator("html")).toHaveAttribute("data-status", "failed");
}

const downloads = [
  {
    name: "weights with one bit turned",
    files: WEIGHTS,
    says: "The network's weights arrived damaged.",
    change: (body: Buffer) => {
      body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
      return { body };
    },
  },
  {
    name: "weights that end too early",
    files: WEIGHTS,
    says: "The network's weights arrived damaged.",
    change: (body: Buffer) => ({ body: body.subarray(0, body.length >> 1) }),
  },
  {
    name: "weights that are not there",
    files: WEIGHTS,
    says: "The network's weights could not be downloaded.",
    change: () => ({ status: 404, body: "" }),
  },
  {
    name: "a module that is not there",
    files: MODULE,
    says: "The engine could not be downloaded.",
    change: () => ({ status: 404, body: "" }),
  },
  {
    name: "a module that is a web page",
    files: MODULE,
    says: "The engine could not be downloaded.",
    change: () => ({ contentType: "text/html", body: "<!doctype html><p>Not found" }),
  },
];

for (const { name, files, says, change } of downloads) {
  test(`${name}: it is said, and trying again works`, async ({ kshot, page }) => {
    await page.route(files, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, ...change(await response.body()) });
    });
    await page.goto("./");
    await expectFailure(page, says, "ry again");
    await page.unroute(files);
    await page.getByRole("button", { name: "Try again" }).click();
    await kshot.ready();
    await kshot.loadSamples();
  });
}

for (const { what, stem, says } of [
  { what: "the weights", stem: /^embedder-.*\.safetensors$/, says: "The network's weights arrived damaged." },
  { what: "the module", stem: /\.wasm$/, says: "The engine could not be downloaded." },
]) {
  test(`a damaged copy of ${what} in the browser's cache is replaced by trying again`, async ({
    playwright,
    launchOptions,
  }) => {
    // Only a browser with a profile of its own keeps what it downloads, and not where requests are intercepted.
    const folder = mkdtempSync(join(tmpdir(), "kshot-cached-"));
    const site = await serve({
      folders: { "/": folder },
      headers: { "cache-control": "max-age=600" },
    });
    const dist = fileURLToPath(new URL("../../www/dist/", import.meta.url));
    cpSync(dist, join(folder, "site"), { recursive: true });
    const assets = join(folder, "site", "assets");
    const file = join(assets, readdirSync(assets).find((name) => stem.test(name)) ?? "");
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 64);
    writeFileSync(file, damaged);
    const context = await playwright.chromium.launchPersistentContext(join(folder, "profile"), {
      ...launchOptions,
      serviceWorkers: "block",
    });
    try {
      const page = await context.newPage();
      await page.goto(`${site.url}site/`);
      await expectFailure(page, says, "ry again");
      writeFileSync(file, whole);
      await page.reload();
      await expectFailure(page, says, "ry again");
      expect(
        site.requests.filter((path) => stem.test(path.slice(path.lastIndexOf("/") + 1))),
        "the browser has kept it",
      ).toHaveLength(1);
      await page.getByRole("button", { name: "Try again" }).click();
      await new KShotPage(page).ready();
      await page.reload();
      await new KShotPage(page).ready();
    } finally {
      await context.close();
      await site.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("a connection that is cut is told, and trying again works", async ({ kshot, page }) => {
  await page.route(WEIGHTS, (route) => route.abort("connectionreset"));
  await page.goto("./");
  await expectFailure(page, "could not be downloaded", "Check the connection");
  await page.unroute(WEIGHTS);
  await page.getByRole("button", { name: "Try again" }).click();
  await kshot.ready();
});

test("a browser without WebAssembly is told so", async ({ page }) => {
  await page.addInitScript("delete globalThis.WebAssembly");
  await page.goto("./");
  await expectFailure(page, "This browser cannot run WebAssembly.", "Open the page in a current");
});

test("a browser whose WebAssembly has no SIMD is told so", async ({ page }) => {
  // No browser can be started without SIMD any more: this one denies that it knows the instructions.
  await page.addInitScript("WebAssembly.validate = () => false");
  await page.goto("./");
  await expectFailure(page, "WebAssembly has no SIMD", "Update the browser");
});

for (const [path, command] of [
  ["www/dist/index.html", "npm start"],
  ["www/dist/slides.html", "npm start"],
  ["www/dist/embed.html", "npm start"],
  ["package/dist/embed.html", "npx vite"],
] as const) {
  test(`${path} opened as a file says that it needs a web server`, async ({ page }) => {
    await page.goto(new URL(`../../${path}`, import.meta.url).href);
    await expectFailure(page, "has to be opened from a web server", command);
    await expect(page.locator("body > :visible")).toHaveCount(1);
  });
}

test("over plain http there is no camera and no WebGPU: it says so, and the samples work", async ({
  kshot,
  page,
}) => {
  await kshot.open(FOREIGN_URL);
  expect(await page.evaluate(() => [isSecureContext, "gpu" in navigator])).toEqual([false, false]);
  await expect(kshot.root).toHaveAttribute("data-backend", "cpu");
  await page.getByRole("button", { name: "Turn on camera" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Browsers give the camera only to https pages." });
  await expect(alert).toContainText("Open the page over https");
  await expect(alert.getByRole("button", { name: "Try again" })).toBeHidden();
  await alert.getByRole("button", { name: "No camera? Try the sample photos" }).click();
  await page.getByRole("button", { name: "Load the sample photos" }).click();
  await kshot.expectCount(3, 4);
  await page.getByRole("option").nth(5).click();
  await kshot.expectAnswer(1);
});

test("where WebGPU gives no adapter, the page runs on the CPU and says why", async ({ kshot, page }) => {
  await kshot.open();
  expect(await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) ?? null)).toBeNull();
  await expect(kshot.root).toHaveAttribute("data-backend", "cpu");
  await expect(kshot.root).not.toHaveAttribute("data-measuring");
  await page.locator("#device-pill").click();
  await expect(page.locator("#device-panel")).toContainText("Why not WebGPU");
  await page
    .locator("#device-panel")
    .getByRole("radio", { name: /^WebGPU/ })
    .click();
  await expect(page.getByRole("alert").filter({ hasText: "WebGPU is not available here." })).toBeVisible();
  await expect(kshot.root).toHaveAttribute("data-backend", "cpu");
});

test("loading shows what is happening, with bytes", async ({ kshot, page }) => {
  const network = await page.context().newCDPSession(page);
  const limit = (downloadThroughput: number) =>
    network.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput,
      uploadThroughput: -1,
    });
  await network.send("Network.enable");
  await limit(2e6);
  await page.goto("./");
  await expect(page.getByRole("progressbar")).toBeVisible();
  await expect(page.getByText(/^Downloading the/)).toBeVisible();
  await expect(page.getByText(/[\d.]+ of [\d.]+ MB/)).toBeVisible();
  await limit(-1);
  await kshot.ready();
  await expect(page.getByRole("progressbar")).toBeHidden();
});

test("nothing is fetched from anywhere but the page's own server, and each file once", async ({
  kshot,
  page,
}) => {
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await kshot.open();
  const base = new URL(page.url()).origin;
  expect(urls.filter((url) => !/^(blob|data):/.test(url) && new URL(url).origin !== base)).toEqual([]);
  for (const ending of [".wasm", ".safetensors"]) {
    expect(
      urls.filter((url) => url.endsWith(ending)),
      ending,
    ).toHaveLength(1);
  }
});
