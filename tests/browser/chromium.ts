/**
 * How the tests start Chromium: which one, with which adapter, and what is between it and the network.
 *
 * `webgpu` runs on the software adapter, so that it is tested on machines without a GPU; `cpu` has no
 * WebGPU at all, which is the fallback as users meet it.
 */
import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";
import { FOREIGN_HOST } from "./servers.ts";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

const QUIET = [
  "--no-sandbox",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--host-resolver-rules=MAP ${FOREIGN_HOST} 127.0.0.1`,
];

const ADAPTER = {
  webgpu: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  cpu: ["--disable-gpu"],
};

/** Names of the projects, and the backends they are about. */
export type Project = keyof typeof ADAPTER;

/** What to start Chromium with; `more` are arguments of the one test file. */
export function launchWith(project: Project, more: readonly string[] = []): LaunchOptions {
  const executablePath = process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path));
  return {
    // Without a path, Playwright's own Chromium is meant, where there is one.
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...QUIET, ...ADAPTER[project], ...more],
  };
}
