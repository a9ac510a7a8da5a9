/**
 * The example decks, and the page that writes snippets: each in Chromium, with the built package as an outsider has
 * it. Of Quarto, which is no npm package, the raw blocks are tested in a page as Quarto makes it.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { FrameLocator, Page } from "@playwright/test";
import { ElementPage, PACKAGE, elementTest as test } from "./element-page.ts";
import { samples } from "./samples.ts";
import type { Content } from "./static-server.ts";
import { expect } from "./test.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXAMPLES = join(ROOT, "examples");
const [CUP, FOOTBALL] = samples.classes;

/** A deck's folder with its packages installed. */
function installed(folder: string): Content {
  return {
    folders: {
      "/deck/": folder,
      "/deck/node_modules/kshot/dist/": PACKAGE,
      "/deck/node_modules/reveal.js/": join(ROOT, "node_modules/reveal.js"),
    },
  };
}

/** Starts the element in a frame; it has to hand the camera on. */
async function startFramed(page: Page, frame: FrameLocator): Promise<void> {
  await page.context().grantPermissions(["camera"]);
  await frame.getByRole("button", { name: "Start the camera" }).click();
  await expect(frame.getByRole("button", { name: "Turn off" })).toBeVisible({ timeout: 60_000 });
}

/** How many cameras the frame of the deck has open. */
function framedCameras(page: Page): Promise<number> {
  return page
    .frames()
    .find((frame) => frame.url().includes("embed.html"))
    ?.evaluate(
      () =>
        (window as unknown as { kshotTracks: MediaStreamTrack[] }).kshotTracks.filter(
          ({ readyState }) => readyState === "live",
        ).length,
    ) as Promise<number>;
}

test("reveal.js, on the slide: it survives slide changes, and the deck keeps its keys", async ({
  openElement,
}) => {
  const opened = await openElement("", installed(join(EXAMPLES, "reveal")));
  const { page } = opened;
  await page.goto(`${opened.site.url}deck/index.html`);
  const slide = () => page.evaluate(() => location.hash);
  await page.keyboard.press("ArrowRight");
  await expect.poll(slide).toBe("#/1");
  await opened.start();
  await opened.run((element) => element.stop());
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  await opened.run((element) => element.start());
  await opened.expectState("live");

  // What is typed and pressed inside is not for the deck: n, space and the numbers would turn the slide.
  const name = opened.element.getByRole("textbox").first();
  await name.fill("");
  await name.pressSequentially("n pen");
  await page.keyboard.press("Tab");
  await opened.element.getByRole("button", { name: "Freeze" }).focus();
  await page.keyboard.press("Space");
  await opened.expectState("frozen");
  await page.keyboard.press("Space");
  await opened.expectState("live");
  expect(await slide()).toBe("#/1");
  expect(await opened.run(({ kshot }) => kshot?.support.classes[0]?.name)).toBe("n pen");

  await page.keyboard.press("ArrowRight");
  await expect.poll(slide).toBe("#/2");
  await opened.expectState("paused");
  expect(await opened.openCameras()).toBe(0);
  // The element of the next slide has classes of its own, and stops at five shots.
  const second = page.locator("k-shot").nth(1);
  await second.getByRole("button", { name: "Start the camera" }).click();
  await expect(second.getByRole("button", { name: "Turn off" })).toBeVisible();
  expect(await opened.openCameras()).toBe(1);

  await page.keyboard.press("ArrowLeft");
  await opened.expectState("live");
  await expect.poll(() => opened.openCameras()).toBe(1);
  expect(page.workers()).toHaveLength(1);
  await opened.run((element) => element.stop());
  expect(await opened.ask("football-07.jpg")).toBe("key");
  await page.screenshot({ path: `${ROOT}test-results/screenshots/slide-reveal.png` });
});

test("reveal.js, in a frame: the camera goes with the slide and comes back with it", async ({
  openElement,
}) => {
  const opened = await openElement("", installed(join(EXAMPLES, "reveal")));
  const { page } = opened;
  await page.goto(`${opened.site.url}deck/iframe.html#/1`);
  await startFramed(page, page.frameLocator("iframe"));
  expect(await framedCameras(page)).toBe(1);
  await page.evaluate(() => {
    location.hash = "#/2";
  });
  await expect.poll(() => framedCameras(page)).toBe(0);
  await page.evaluate(() => {
    location.hash = "#/1";
  });
  await expect.poll(() => framedCameras(page)).toBe(1);
  await page.screenshot({ path: `${ROOT}test-results/screenshots/slide-reveal-frame.png` });
});

test("Marp: with --html the frame is there and works, and the camera goes with the slide", async ({
  openElement,
}) => {
  const folder = mkdtempSync(join(tmpdir(), "kshot-marp-"));
  try {
    const marp = (...flags: string[]) =>
      execFileSync(
        process.execPath,
        [
          join(ROOT, "node_modules/@marp-team/marp-cli/marp-cli.js"),
          ...flags,
          "--output",
          join(folder, "slides.html"),
          join(EXAMPLES, "marp/slides.md"),
        ],
        { cwd: folder, stdio: "pipe" },
      );
    marp();
    expect(readFileSync(join(folder, "slides.html"), "utf8"), "without the flag").not.toContain("<iframe");
    marp("--html");
    const opened = await openElement("", installed(folder));
    const { page } = opened;
    await page.goto(`${opened.site.url}deck/slides.html#2`);
    await startFramed(page, page.frameLocator("iframe"));
    expect(await framedCameras(page)).toBe(1);
    await page.screenshot({ path: `${ROOT}test-results/screenshots/slide-marp.png` });
    await page.goto(`${opened.site.url}deck/slides.html#3`);
    await expect.poll(() => framedCameras(page)).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("Quarto: its raw blocks work in a page as Quarto makes it", async ({ openElement }) => {
  const source = readFileSync(join(EXAMPLES, "quarto/slides.qmd"), "utf8");
  const blocks = [...source.matchAll(/^```\{=html\}\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? "");
  expect(blocks).toHaveLength(2);
  // Quarto's revealjs format: each second heading is a section of level 2 with its id, in a deck of reveal.js.
  const sections = ["live", "in-a-frame"].map(
    (id, i) => `<section id="${id}" class="slide level2"><h2>${id}</h2>${blocks[i]}</section>`,
  );
  const deck = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Quarto</title><link rel="stylesheet" href="node_modules/reveal.js/dist/reveal.css"></head><body class="quarto-light"><div class="reveal"><div class="slides"><section id="title-slide"><h1>Few-shot recognition</h1></section>${sections.join("")}</div></div><script type="module">import Reveal from "./node_modules/reveal.js/dist/reveal.mjs"; await new Reveal({ hash: true, center: false, width: 1050, height: 700 }).initialize();</script></body></html>`;
  const opened = await openElement("", {
    ...installed(join(EXAMPLES, "quarto")),
    pages: { "/deck/slides.html": deck },
  });
  const { page } = opened;
  await page.goto(`${opened.site.url}deck/slides.html#/live`);
  await opened.start();
  await page.screenshot({ path: `${ROOT}test-results/screenshots/slide-quarto.png` });
  await page.evaluate(() => {
    location.hash = "#/in-a-frame";
  });
  await opened.expectState("paused");
  await startFramed(page, page.frameLocator("iframe"));
});

test("the page of snippets writes them for the classes at hand, and a snippet that is copied works", async ({
  openElement,
}) => {
  const dist = join(ROOT, "www/dist");
  const opened = await openElement("", { folders: { "/kshot-page/": dist } });
  const { page, site } = opened;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${site.url}kshot-page/slides.html?classes=${encodeURIComponent('mug "x",钥匙')}`);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: "Copy the snippet for Any page of your own" }).click();
  await expect(page.getByRole("status").first()).toHaveText("Copied");
  expect(await copied()).toBe(
    `<script type="module" src="${site.url}kshot-page/element.js"></script>\n<k-shot classes="mug &quot;x&quot;, 钥匙" style="height: 80vh"></k-shot>`,
  );
  await page.getByRole("button", { name: "Copy the snippet for Marp" }).click();
  await expect.poll(copied).toContain('allow="camera"');
  await page.getByLabel("Classes, between commas").fill("cup, ball");
  await page.getByLabel("Only the picture and the answer").check();
  await page.getByRole("button", { name: "Copy the link" }).click();
  await expect.poll(copied).toBe(`${site.url}kshot-page/embed.html?classes=cup%2C+ball&controls=none`);
  await expect(page.getByRole("img", { name: "The link as a QR code" }).locator("svg")).toBeVisible();
  await page.getByLabel("Only the picture and the answer").uncheck();
  await page.getByRole("button", { name: "Copy the snippet for Any page of your own" }).click();
  await expect.poll(copied).toContain('classes="cup, ball"');
  const snippet = await copied();

  for (const language of ["中文", "English"]) {
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`)).toEqual([]);
    await page.screenshot({ path: `${ROOT}test-results/screenshots/slides-${language}.png`, fullPage: true });
    await page.getByRole("button", { name: language }).click();
  }

  // On a page of another origin, as a stranger pastes it.
  const other = await openElement(snippet, { head: "" });
  await new ElementPage(page, other.site).start();
});
