/** The examples of README.md and docs/api.md as they stand there, run against the built package. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { transformWithOxc } from "vite";
import { PACKAGE } from "./element-page.ts";
import { fileOf } from "./samples.ts";
import { type Site, serve } from "./static-server.ts";
import { expect, faceCameraTest, test } from "./test.ts";

/** The example of a document that says `part`. */
function exampleOf(path: string, part: string): string {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const found = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  const example = found.find((code) => code.includes(part));
  if (example === undefined) throw new Error(`${path} has no example with ${part}`);
  return example;
}

const LOADED = 'import { KShot } from "./kshot.ts";\nconst kshot = await KShot.load();\n';

/** Runs an example to its end; gives what it has printed. `before` puts what it takes for granted on the window. */
async function runExample(
  page: Page,
  site: Site,
  code: string,
  before: () => Promise<void>,
): Promise<string[]> {
  const printed: string[] = [];
  await page.goto(site.url);
  await before();
  page.on("console", (message) => printed.push(message.text()));
  const { code: script } = await transformWithOxc(
    code.replace('"./kshot.ts"', '"/kshot/kshot.js"'),
    "example.ts",
  );
  await page.addScriptTag({ type: "module", content: `${script}\nwindow.ended = true;` });
  await page.waitForFunction(() => Reflect.get(window, "ended") === true, null, { timeout: 0 });
  return printed;
}

/** Photos of cups and balls under the names of the examples, and a video that shows another cup. */
async function showPhotos(page: Page): Promise<void> {
  const photo = (name: string) => fileOf(name).toString("base64");
  await page.evaluate(
    async ({ mugs, keys, query }) => {
      const read = async (bytes: string) => (await fetch(`data:image/jpeg;base64,${bytes}`)).blob();
      const mugPhotos = await Promise.all(mugs.map(read));
      const keyPhotos = await Promise.all(keys.map(read));
      const picture = await createImageBitmap(await read(query));
      const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 480 });
      const context = canvas.getContext("2d");
      const video = document.createElement("video");
      video.srcObject = canvas.captureStream();
      // A canvas gives a frame whenever it is drawn on.
      setInterval(() => context?.drawImage(picture, 0, 0, 480, 480), 50);
      await video.play();
      const [mugPhoto, keyPhoto] = [mugPhotos[0], keyPhotos[0]];
      Object.assign(window, { mugPhotos, keyPhotos, mugPhoto, keyPhoto, blurredPhoto: mugPhoto, video });
    },
    {
      mugs: ["cup-01.jpg", "cup-02.jpg", "cup-03.jpg"].map(photo),
      keys: ["football-01.jpg", "football-02.jpg", "football-03.jpg"].map(photo),
      query: photo("cup-04.jpg"),
    },
  );
}

let site: Site;
test.beforeAll(async () => {
  site = await serve({
    folders: { "/kshot/": PACKAGE },
    pages: { "/": "<!doctype html><title>An example</title>" },
  });
});
test.afterAll(() => site.close());

test("the ten lines of the README name a mug", async ({ page }) => {
  const code = exampleOf("README.md", "KShot.load()");
  expect(await runExample(page, site, code, () => showPhotos(page))).toEqual(["a mug"]);
});

test("the first example of docs/api.md adds, removes, answers, saves and goes on", async ({ page }) => {
  const code = `${exampleOf("docs/api.md", "KShot.load({")}
    console.log(again.support.classes.map(({ name, shots }) => name + " " + shots.length).join(", "));`;
  const printed = await runExample(page, site, code, () => showPhotos(page));
  expect(printed.filter((line) => /^(module|weights) \d+ \d+$/.test(line)).length).toBeGreaterThan(2);
  expect(printed.at(-2)).toMatch(/^mug (0\.[5-9]|1)/);
  expect(printed.at(-1)).toBe("mug 3, key 3");
});

test("the example of the lab gives what every method says of a drawing", async ({ page }) => {
  const code = LOADED + exampleOf("docs/api.md", "openLab");
  const printed = await runExample(page, site, code, async () => {
    await page.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 200, height: 200 });
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 200, 200);
      context.lineWidth = 8;
      context.stroke(new Path2D("M40 40L160 160M160 40L40 160"));
      Object.assign(window, { canvas });
    });
  });
  expect(printed.filter((line) => /^[a-z_]+ [0-4]$/.test(line))).toHaveLength(15);
});

faceCameraTest("the example of faces enrols, verifies and forgets", async ({ page }) => {
  // What a slow machine misses in one round of the video it sees in the next.
  faceCameraTest.setTimeout(300_000);
  const code = `${LOADED + exampleOf("docs/api.md", "openFaces")}
    console.log(faces.people.people.length);`;
  const printed = await runExample(page, site, code, async () => {
    await page.context().grantPermissions(["camera"]);
    await page.evaluate(async () => {
      const video = document.createElement("video");
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
      await video.play();
      Object.assign(window, { video });
    });
  });
  expect(printed.at(-3)).toMatch(/^(done|pass_done) /);
  expect(printed.at(-2)).toMatch(/^(true|false) -?[\d.]+ [\d.]+$/);
  expect(printed.at(-1)).toBe("0");
});
