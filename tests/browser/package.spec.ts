/**
 * The npm package as a stranger has it: packed, installed from the tarball into a fresh project without a network,
 * built by Vite, served by its development server, and put into a plain page from another origin.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElementPage, pageOf, elementTest as test } from "./element-page.ts";
import { serve } from "./static-server.ts";
import { expect } from "./test.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MODULES = join(ROOT, "node_modules");

let project = "";
const run = (command: string, args: readonly string[]) =>
  execFileSync(command, args, {
    cwd: project,
    encoding: "utf8",
    stdio: "pipe",
    shell: process.platform === "win32",
  });

const MAIN = `
import "kshot/element";
import { KShot, KShotError, setBaseUrl, type Answer } from "kshot";

const element = document.querySelector("k-shot");
if (element === null) throw new Error("there is no k-shot");
element.classes = ["mug", "key"];
element.addEventListener("prediction", ({ detail }) => console.log(detail.name?.toUpperCase(), detail.scores.length));
element.addEventListener("error", ({ detail }) => console.log(detail.code, detail.says));
const ask = async (): Promise<Answer | null> => {
  const kshot = await KShot.load({ backend: "cpu" });
  await kshot.addClass("mug");
  kshot.dispose();
  return null;
};
Object.assign(window, { ask, setBaseUrl, KShotError });
document.documentElement.dataset.ready = "";
`;

test.beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "kshot-package-"));
  const tarball = execFileSync("npm", ["pack", "--silent", "--pack-destination", project, "./package"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  }).trim();
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "talk", private: true, type: "module" }),
  );
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`]);
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "src/main.ts"), MAIN);
  writeFileSync(
    join(project, "index.html"),
    pageOf("<k-shot></k-shot>", '<script type="module" src="/src/main.ts"></script>'),
  );
  writeFileSync(
    join(project, "vite.config.js"),
    'export default { base: "./", optimizeDeps: { exclude: ["kshot"] } };',
  );
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        ...{ target: "ES2022", module: "ESNext", moduleResolution: "bundler", strict: true, noEmit: true },
        ...{ lib: ["ES2022", "DOM", "DOM.Iterable"], types: [], skipLibCheck: false },
      },
      include: ["src"],
    }),
  );
});

test.afterAll(() => rmSync(project, { recursive: true, force: true }));

async function expectWorks(opened: ElementPage): Promise<void> {
  await opened.page.locator("html[data-ready]").waitFor({ state: "attached" });
  await opened.start();
  await opened.teach(0, ["cup-01.jpg", "cup-02.jpg"]);
  await opened.teach(1, ["football-01.jpg", "football-02.jpg"]);
  expect(await opened.ask("football-07.jpg")).toBe("key");
}

test("the package holds what it needs and nothing else, and its types are strict", () => {
  const installed = join(project, "node_modules/kshot");
  expect(readdirSync(installed).sort()).toEqual([
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "NOTICE",
    "README.md",
    "dist",
    "package.json",
  ]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  expect(dependencies).toBeUndefined();
  run(process.execPath, [join(MODULES, "typescript/bin/tsc"), "--project", project]);
});

test("a page that is rendered on a server can import it", () => {
  run(process.execPath, [
    "--input-type=module",
    "--eval",
    'await import("kshot/element"); await import("kshot");',
  ]);
});

test("a fresh Vite project builds it, and the build runs from any folder", async ({ openElement }) => {
  run(process.execPath, [join(MODULES, "vite/bin/vite.js"), "build", "--logLevel", "error"]);
  const opened = await openElement("", { folders: { "/talks/2026/": join(project, "dist") } });
  await opened.page.goto(`${opened.site.url}talks/2026/`);
  await expectWorks(opened);
  expect(opened.site.requests.filter((path) => path.startsWith("/kshot/"))).toEqual(["/kshot/kshot.iife.js"]);
});

test("Vite's development server serves it", async ({ openElement }) => {
  const server = spawn(
    process.execPath,
    [join(MODULES, "vite/bin/vite.js"), "--port", "0", "--host", "127.0.0.1", "--logLevel", "info"],
    { cwd: project, env: { ...process.env, NO_COLOR: "1" } },
  );
  try {
    const url = await addressOf(server);
    const opened = await openElement("");
    await opened.page.goto(url);
    await expectWorks(opened);
  } finally {
    server.kill();
  }
});

test("one script tag from another origin is enough for a plain page", async ({ openElement }) => {
  const folder = join(project, "plain");
  cpSync(join(project, "node_modules/kshot/dist"), folder, { recursive: true });
  const cdn = await serve({ folders: { "/npm/kshot/": folder } });
  try {
    const opened = await openElement('<k-shot classes="mug, key"></k-shot>', {
      head: `<script src="${cdn.otherUrl}npm/kshot/kshot.iife.js"></script>`,
    });
    await opened.page.evaluate(() => document.documentElement.setAttribute("data-ready", ""));
    await expectWorks(opened);
    expect(opened.site.requests.filter((path) => path.startsWith("/kshot/"))).toEqual([]);
  } finally {
    await cdn.close();
  }
});

test("the base URL can be set", async ({ openElement }) => {
  const cdn = await serve({ folders: { "/files/": join(project, "node_modules/kshot/dist") } });
  try {
    const opened = await openElement('<k-shot classes="mug, key"></k-shot>', {
      head: `<script type="module">import { setBaseUrl } from "/kshot/kshot.js"; import "/kshot/element.js"; setBaseUrl("${cdn.otherUrl}files");document.documentElement.dataset.ready = "";</script>`,
    });
    await expectWorks(opened);
    for (const file of ["worker.js", "kshot_bg.wasm", "embedder.safetensors"]) {
      expect(cdn.requests, file).toContain(`/files/${file}`);
      expect(opened.site.requests, file).not.toContain(`/kshot/${file}`);
    }
  } finally {
    await cdn.close();
  }
});

/** Where a development server says that it is. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += String(chunk);
      const found = output.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (found !== null) resolve(found[0]);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.on("exit", () => reject(new Error(`the development server ended: ${output}`)));
  });
}
