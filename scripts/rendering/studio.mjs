// What hand-poses.mjs and mesh-hands.mjs share: a headless browser with a page that draws with three, and the files
// that its pictures become.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const ORIGIN = "https://hands.invalid";
const PAGE = `<script type="importmap">
{"imports":{"three":"/three/build/three.module.js","three/addons/":"/three/examples/jsm/","numbers":"/numbers.mjs"}}
</script><script type="module" src="/page.mjs"></script>`;

/**
 * Opens a page whose module is the file `script` and which sets `globalThis.render`. `modules` has three; `files` are
 * what else it may fetch: contents, or paths, by where they are served.
 */
export async function open(modules, script, files = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH,
    args: [
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
    ],
  });
  const page = await browser.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  const served = { "/page.mjs": script, "/numbers.mjs": new URL("numbers.mjs", import.meta.url), ...files };
  await page.route(`${ORIGIN}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === "/") return route.fulfill({ contentType: "text/html", body: PAGE });
    const contentType = path.endsWith("js") ? "text/javascript" : "application/octet-stream";
    const own = served[path];
    if (own) return route.fulfill({ contentType, body: Buffer.isBuffer(own) ? own : readFileSync(own) });
    if (!path.startsWith("/three/")) return route.abort();
    return route.fulfill({ contentType, body: readFileSync(join(modules, path)) });
  });
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => globalThis.render !== undefined);
  return { browser, page };
}

/** Writes the pictures of a class, data URLs, as 00.png and so on. */
export function write(folder, urls) {
  mkdirSync(folder, { recursive: true });
  for (const [picture, url] of urls.entries()) {
    const file = join(folder, `${String(picture).padStart(2, "0")}.png`);
    writeFileSync(file, Buffer.from(url.split(",")[1], "base64"));
  }
  console.log(folder);
}
