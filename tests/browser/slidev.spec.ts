/**
 * The example deck of Slidev with the packed package, as its author has it: from the development server (`npm start`)
 * and built (`npm run build`). Slidev itself is in the versions of slidev/package-lock.json, installed by `npm test`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElementPage, elementTest as test } from "./element-page.ts";
import { samples } from "./samples.ts";
import { serve } from "./static-server.ts";
import { expect } from "./test.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EXAMPLE = join(ROOT, "examples/slidev");
/** A deck's folder with Slidev installed; the example and kshot are put into it. */
const DECK = fileURLToPath(new URL("slidev/", import.meta.url));
const FILES = ["slides.md", "setup", "vite.config.ts"];
const KSHOT = join(DECK, "node_modules/kshot");
const CLI = join(DECK, "node_modules/@slidev/cli/bin/slidev.mjs");
const [CUP, FOOTBALL] = samples.classes;

const run = (command: string, args: readonly string[], cwd = DECK) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: "pipe", shell: process.platform === "win32" });

test.beforeAll(() => {
  const { dependencies, overrides } = JSON.parse(readFileSync(join(EXAMPLE, "package.json"), "utf8"));
  const installed = JSON.parse(readFileSync(join(DECK, "package.json"), "utf8"));
  const { kshot, ...others } = dependencies;
  expect({ dependencies: others, overrides }, "what is installed is what the example asks for").toEqual({
    dependencies: installed.dependencies,
    overrides: installed.overrides,
  });
  for (const name of FILES) cpSync(join(EXAMPLE, name), join(DECK, name), { recursive: true });
  // What `npm install` does with a package that needs no other and runs nothing, without a look at Slidev's hundreds.
  const tarball = run("npm", ["pack", "--silent", "--pack-destination", DECK, "./package"], ROOT).trim();
  rmSync(KSHOT, { recursive: true, force: true });
  mkdirSync(KSHOT);
  run("tar", ["-xzf", tarball, "-C", KSHOT, "--strip-components", "1"]);
  rmSync(join(DECK, tarball));
  const { version } = JSON.parse(readFileSync(join(KSHOT, "package.json"), "utf8"));
  expect(kshot, "the example asks for this package").toBe(`^${version}`);
});

test.afterAll(() => {
  for (const path of [KSHOT, ...[...FILES, "dist"].map((name) => join(DECK, name))])
    rmSync(path, { recursive: true, force: true });
});

/** From the slide before the element's to it. */
async function openSlide({ page }: ElementPage): Promise<void> {
  await expect(page.getByRole("heading", { name: "Few-shot recognition" })).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/2");
}

test("Slidev, built: it survives slide changes, and the deck keeps its keys", async ({ openElement }) => {
  run(process.execPath, [CLI, "build"]);
  const opened = await openElement("", {
    folders: { "/": join(DECK, "dist") },
    // Slidev's own names for its slides: hosts are told to answer them with the page.
    pages: { "/2": readFileSync(join(DECK, "dist/index.html"), "utf8") },
    path: "/nothing-of-ours",
  });
  const { page, element, site } = opened;
  await page.goto(site.url);
  await openSlide(opened);
  await opened.start();
  expect(await opened.run(({ classes }) => classes), "what Markdown says").toEqual(["mug", "key"]);
  await opened.run((element) => element.stop());
  await opened.teach(0, CUP?.shots ?? []);
  await opened.teach(1, FOOTBALL?.shots ?? []);
  expect(await opened.ask("football-07.jpg")).toBe("key");
  await opened.run((element) => element.start());
  await opened.expectState("live");

  // What is typed and pressed inside is not for the deck: g, o, d and the space bar are its commands.
  const name = element.getByRole("textbox").first();
  await name.fill("");
  await name.pressSequentially("good dog");
  await page.keyboard.press("Tab");
  await element.getByRole("button", { name: "Freeze" }).focus();
  await page.keyboard.press("Space");
  await opened.expectState("frozen");
  await page.keyboard.press("Space");
  await opened.expectState("live");
  expect(new URL(page.url()).pathname).toBe("/2");
  expect(await opened.run(({ kshot }) => kshot?.support.classes[0]?.name)).toBe("good dog");
  await page.screenshot({ path: `${ROOT}test-results/screenshots/slide-slidev.png` });

  // Slidev takes no keys while any button has the focus.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/3");
  await expect.poll(() => opened.openCameras()).toBe(0);
  await page.keyboard.press("ArrowLeft");
  await opened.expectState("live");
  await expect.poll(() => opened.openCameras()).toBe(1);
  expect(page.workers()).toHaveLength(1);
  await opened.run((element) => element.stop());
  expect(await opened.ask("football-07.jpg"), "the shots are still there").toBe("key");
});

test("Slidev, from its development server: the element starts", async ({ openElement }) => {
  const server = spawn(
    process.execPath,
    [CLI, "--port", await freePort(), "--bind", "127.0.0.1", "--open", "false"],
    {
      cwd: DECK,
      env: { ...process.env, FORCE_COLOR: "0" },
      // It waits for a standard input that is there.
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  try {
    const url = await addressOf(server);
    const opened = await openElement("");
    await opened.page.goto(url);
    await openSlide(opened);
    await opened.start();
    await opened.run((element) => element.stop());
    await opened.teach(0, CUP?.shots ?? []);
    await opened.teach(1, FOOTBALL?.shots ?? []);
    expect(await opened.ask("football-07.jpg")).toBe("key");
  } finally {
    server.kill();
  }
});

/** Slidev takes no 0 for any port. */
async function freePort(): Promise<string> {
  const site = await serve({});
  await site.close();
  return new URL(site.url).port;
}

/** Where Slidev says that it is. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += String(chunk);
      const found = output.match(/http:\/\/(?:localhost|127\.0\.0\.1):\d+\//);
      if (found !== null) resolve(found[0]);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.on("exit", () => reject(new Error(`Slidev ended: ${output}`)));
  });
}
