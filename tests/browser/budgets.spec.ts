/**
 * What may be loaded before anyone asks for anything, in bytes as they are after unpacking: docs/budgets.md is this
 * table. Hosts send less, by gzip or brotli.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page, Response } from "@playwright/test";
import { elementTest as test } from "./element-page.ts";
import { PAGE_URL } from "./servers.ts";
import { expect } from "./test.ts";

const DOCS = fileURLToPath(new URL("../../docs/budgets.md", import.meta.url));
/** The network and the engine of the page, which are wanted at once there. */
const ENGINE = /\.(wasm|safetensors)$/;

/** Rows of the table: `| what | bytes |`. */
function budgets(): Map<string, number> {
  const rows = readFileSync(DOCS, "utf8").matchAll(/^\| ([^|]+?) \| ([\d,]+) \|/gm);
  return new Map([...rows].map(([, what = "", bytes = ""]) => [what, Number(bytes.replaceAll(",", ""))]));
}

/** Everything that is loaded until `done`, by its path. */
async function loaded(page: Page, done: () => Promise<unknown>): Promise<Map<string, number>> {
  const responses: Response[] = [];
  const keep = (response: Response) => void responses.push(response);
  page.context().on("response", keep);
  await done();
  await page.waitForLoadState("networkidle");
  page.context().off("response", keep);
  const sizes = new Map<string, number>();
  for (const response of responses) {
    const { pathname } = new URL(response.url());
    if (pathname === "/favicon.ico" || !response.ok()) continue;
    // The tests' servers pack nothing and state the length; what has none is small.
    const stated = response.headers()["content-length"];
    sizes.set(pathname, stated === undefined ? (await response.body()).length : Number(stated));
  }
  return sizes;
}

test("nothing loads more than its budget before anyone asks for anything", async ({ openElement }) => {
  const opened = await openElement("<k-shot></k-shot>");
  const { page, site } = opened;
  const start = page.getByRole("button", { name: "Start the camera" });
  const open = (url: string, shows = start) => {
    const show = async () => {
      // Each begins with nothing kept of the one before.
      await page.goto("about:blank");
      await page.goto(url);
      await shows.waitFor();
    };
    return loaded(page, show);
  };
  const heading = page.getByRole("heading", { name: "Put it on a slide" });
  const ready = page.locator("html[data-status=ready]");
  const whole = await open(PAGE_URL, ready);
  const [engine, page_] = [new Map<string, number>(), new Map<string, number>()];
  for (const [path, bytes] of whole) (ENGINE.test(path) ? engine : page_).set(path, bytes);
  const found = new Map([
    ["the element by its script tag", await open(site.url)],
    ["the element by `embed.html` of the package", await open(`${site.url}kshot/embed.html`)],
    ["the element by `embed.html` of the hosted page", await open(`${PAGE_URL}embed.html`)],
    ["the page of snippets", await open(`${PAGE_URL}slides.html`, heading)],
    ["the page without its engine", page_],
    ["the page's engine: the module and the network", engine],
  ]);
  const wanted = budgets();
  expect([...found.keys()]).toEqual([...wanted.keys()]);
  for (const [what, files] of found) {
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    const list = [...files].map(([path, size]) => `${path} ${size}`).join("\n");
    expect(bytes, `${what}:\n${list}`).toBeLessThanOrEqual(wanted.get(what) ?? 0);
    // What is far above it holds nothing, and zero would be no measurement.
    expect.soft(bytes, `${what}: the budget is far above it`).toBeGreaterThan((wanted.get(what) ?? 0) / 3);
  }
});
