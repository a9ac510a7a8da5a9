/**
 * Finds a Chromium for the tests and the bench, or installs one.
 *
 * The system's own comes first: it is there already, and on machines that reach nothing but package
 * registries it is the only one to be had. Playwright's download is the last resort.
 */
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ask, run, Stop, say } from "../command.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].map((folder) =>
    join(process.env[folder] ?? "", "Google", "Chrome", "Application", "chrome.exe"),
  ),
];

/** The path of a Chromium that can be started; installs one where there is none. Needs the npm packages. */
export async function setUpChromium() {
  const found = await findChromium();
  if (found) return found;
  await installChromium();
  const installed = await findChromium();
  if (!installed) {
    throw new Stop("No Chromium was found: install one, or set CHROMIUM_PATH to it, and try again.");
  }
  return installed;
}

async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Stop(`CHROMIUM_PATH is set to ${named}, and there is no such file.`);
  }
  const folders = (process.env.PATH ?? "").split(delimiter);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  const { chromium } = await import("@playwright/test");
  return [...onPath, ...PLACES, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

async function installChromium() {
  // Ubuntu's package of that name is only a pointer to a snap, which does not run headless as root.
  if (process.getuid?.() === 0 && isDebian() && ask("apt-get", ["--version"]) !== null) {
    say("Installing Chromium with apt-get");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium"], { env });
  } else {
    say("Installing Playwright's Chromium");
    await run("npx", ["playwright", "install", "chromium"]);
  }
}

function isDebian() {
  return existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}
