// Renders hand poses with a transparent background: class folders of PNG files, which `training -- make-set hands` puts
// before photos. docs/accuracy.md has the command. Needs a folder node_modules with three 0.187 and
// @webxr-input-profiles/assets 1.0 (the hand, MIT), and Chromium (CHROMIUM_PATH, or Playwright's own).
//
//   node scripts/hand-poses.mjs MODULES OUT [CLASSES] [PICTURES]

import { join } from "node:path";
import { numbers } from "./rendering/numbers.mjs";
import { open, write } from "./rendering/studio.mjs";

const [modules, out, classes = "31", pictures = "20"] = process.argv.slice(2);
if (!modules || !out) {
  console.error("usage: node scripts/hand-poses.mjs MODULES OUT [CLASSES] [PICTURES]");
  process.exit(2);
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

const { browser, page } = await open(modules, new URL("hand-poses/page.mjs", import.meta.url), {
  "/hand.glb": join(modules, "@webxr-input-profiles/assets/dist/profiles/generic-hand/left.glb"),
});
for (const [number, pose] of poses(Number(classes)).entries()) {
  const urls = [];
  for (let picture = 0; picture < Number(pictures); picture++) {
    const random = numbers(number * 1000 + picture + 1);
    const chances = Array.from({ length: 64 }, random);
    const tone = ((picture % 4) + 0.8 * random()) / 4;
    urls.push(
      await page.evaluate(
        ([pose, chances, tone]) => globalThis.render(pose, chances, tone),
        [pose, chances, tone],
      ),
    );
  }
  write(join(out, String(number).padStart(2, "0")), urls);
}
await browser.close();
