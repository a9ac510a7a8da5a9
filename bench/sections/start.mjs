/** From navigation to the first answer, and the bytes that the product's page takes over the wire. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, Stop } from "../../scripts/command.mjs";
import { withPage } from "../browser.mjs";
import { serve } from "../server.mjs";
import { median, ms, size, table } from "../table.mjs";

/** A new browser and profile for every run; production build, brotli, from this machine. */
export async function measureStart({ origin, quick }) {
  const alone = (backend) => [
    `${origin}/first.html?backend=${backend}`,
    (page) => page.evaluate(() => window.bench),
  ];
  const saved = join(mkdtempSync(join(tmpdir(), "kshot-bench-")), "two.kshot");
  const save = (page) => page.evaluate(() => window.bench.save());
  writeFileSync(saved, Buffer.from(await withPage("cpu", `${origin}/engine.html`, save)));
  const site = await serve(join(ROOT, "www", "dist"), { "/two.kshot": saved });
  const whole = [`${site.origin}/?src=two.kshot`, readPage];
  const cases = [
    ["the page, CPU only", "cpu", whole],
    ["the page, automatic, with WebGPU", "webgpu", whole],
    ["the engine alone, CPU only", "cpu", alone("cpu")],
    ["the engine alone, automatic", "webgpu", alone("auto")],
    ["the engine alone, WebGPU asked for", "webgpu", alone("webgpu")],
  ];
  const rows = [];
  for (const [name, browser, [url, read]] of cases) {
    const runs = [];
    for (let run = 0; run < (quick ? 1 : 3); run++)
      runs.push(await withPage(browser, url, read, { prepare: watchPage, permissions: ["camera"] }));
    const ready = runs.map((run) => run.ready);
    const answered = runs.map((run) => run.answered);
    rows.push([
      name,
      ...[median(ready), median(answered), Math.min(...answered), Math.max(...answered)].map(ms),
    ]);
  }
  await site.close();
  return table(["from navigation, ms", "engine ready", "first answer", "min", "max"], rows);
}

/** Notes when the product's page is ready and when its first answer to the camera stands there. */
async function watchPage(page) {
  await page.addInitScript(() => {
    const seen = {};
    window.seen = seen;
    new MutationObserver(() => {
      if (document.documentElement.dataset.status === "ready") seen.ready ??= performance.now();
      const answer = document.querySelector("[data-answer]")?.dataset.answer;
      if (answer) seen.answered ??= performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
}

async function readPage(page) {
  await page.waitForFunction(() => window.seen.answered);
  return page.evaluate(() => window.seen);
}

/** What the product's page itself fetches; a file fetched twice is an error. */
export async function measureBytes() {
  const server = await serve(join(ROOT, "www", "dist"));
  try {
    const visit = async (page) => {
      await page.waitForLoadState("networkidle");
      return server.log();
    };
    // Without the service worker, which fetches all once more to store it for use offline.
    const log = await withPage("cpu", `${server.origin}/`, visit, { serviceWorkers: "block" });
    const twice = log.filter(({ path }, index) => log.findIndex((other) => other.path === path) < index);
    if (twice.length > 0) throw new Stop(`The page fetches ${twice[0].path} more than once.`);
    const missing = log.find((request) => request.missing);
    if (missing) throw new Stop(`The page asks for ${missing.path}, which is not in the build.`);
    const rows = log
      .toSorted((a, b) => b.sent - a.sent)
      .map(({ path, bytes, sent }) => [path.slice(1) || "index.html", size(bytes), size(sent)]);
    const sum = (key) => size(log.reduce((total, request) => total + request[key], 0));
    rows.push([`${log.length} requests, each once`, sum("bytes"), sum("sent")]);
    return table(["file", "size", "over the wire"], rows);
  } finally {
    await server.close();
  }
}
