// Renders hand poses with a transparent background: class folders of PNG files, which `training -- make-set hands` puts
// before photos. docs/accuracy.md has the command. Needs a folder node_modules with three 0.187 and
// @webxr-input-profiles/assets 1.0 (the hand, MIT), and Chromium (CHROMIUM_PATH, or Playwright's own).
//
//   node scripts/hand-poses.mjs MODULES OUT [CLASSES] [PICTURES]

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";

const [modules, out, classes = "31", pictures = "20"] = process.argv.slice(2);
if (!modules || !out) {
  console.error("usage: node scripts/hand-poses.mjs MODULES OUT [CLASSES] [PICTURES]");
  process.exit(2);
}

const ORIGIN = "https://hands.invalid";
const FILES = {
  "/hand.glb": "@webxr-input-profiles/assets/dist/profiles/generic-hand/left.glb",
  "/three/": "three/",
};
const PAGE = `<script type="importmap">
{"imports":{"three":"/three/build/three.module.js","three/addons/":"/three/examples/jsm/"}}
</script><script type="module" src="/hand.mjs"></script>`;

// The same numbers for a seed everywhere (mulberry32).
function numbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Every finger straight, bent or folded, and the fingers together or apart. No two classes differ by less than a
// finger that is straight in one and folded in the other, or by spread fingers where two are straight.
function poses(count) {
  const random = numbers(99);
  const found = [];
  for (let tries = 0; found.length < count && tries < 9000; tries++) {
    const pose = Array.from({ length: 5 }, () => {
      const chance = random();
      return chance < 0.47 ? 0 : chance < 0.62 ? 1 : 2;
    });
    pose.push(random() < 0.5 ? 0 : 1);
    const differs = (other) =>
      pose.slice(0, 5).some((state, finger) => Math.abs(state - other[finger]) === 2) ||
      (pose[5] !== other[5] && pose[1] === 0 && pose[2] === 0);
    if (found.every(differs)) found.push(pose);
  }
  return found;
}

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
await page.route(`${ORIGIN}/**`, (route) => {
  const path = new URL(route.request().url()).pathname;
  if (path === "/") return route.fulfill({ contentType: "text/html", body: PAGE });
  const contentType = path.endsWith(".glb") ? "model/gltf-binary" : "text/javascript";
  if (path === "/hand.mjs") {
    return route.fulfill({
      contentType,
      body: readFileSync(new URL("hand-poses/page.mjs", import.meta.url)),
    });
  }
  const entry = Object.entries(FILES).find(([start]) => path.startsWith(start));
  if (!entry) return route.abort();
  return route.fulfill({
    contentType,
    body: readFileSync(join(modules, entry[1] + path.slice(entry[0].length))),
  });
});
await page.goto(`${ORIGIN}/`);
await page.waitForFunction(() => globalThis.render !== undefined);
for (const [number, pose] of poses(Number(classes)).entries()) {
  const folder = join(out, String(number).padStart(2, "0"));
  mkdirSync(folder, { recursive: true });
  for (let picture = 0; picture < Number(pictures); picture++) {
    const random = numbers(number * 1000 + picture + 1);
    const chances = Array.from({ length: 64 }, random);
    const tone = ((picture % 4) + 0.8 * random()) / 4;
    const url = await page.evaluate(
      ([pose, chances, tone]) => globalThis.render(pose, chances, tone),
      [pose, chances, tone],
    );
    const file = join(folder, `${String(picture).padStart(2, "0")}.png`);
    writeFileSync(file, Buffer.from(url.split(",")[1], "base64"));
  }
  console.log(folder);
}
await browser.close();
