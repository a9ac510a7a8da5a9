/** Writes the service worker into a built folder: its version, and the SHA-256 of every file there is. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import type { Plugin } from "vite";

const SOURCE = new URL("./sw.js", import.meta.url);

/** What only some visitors need, 22 of 50 MB: faces, the lab, the trained methods of the camera. */
const LATER = /^assets\/(faces|drawings|camera|omniglot-test)-[\w-]{8}\.(safetensors|characters)$/;

/** Makes `sw.js` in `folder`; gives the version. */
export function writeServiceWorker(folder: string): string {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(folder, name);
    if (!statSync(path).isFile() || name === "sw.js") continue;
    const hash = createHash("sha256").update(readFileSync(path)).digest("base64");
    files[name.split(sep).join("/")] = `sha256-${hash}`;
  }
  const list = JSON.stringify(files, null, 1);
  const later = JSON.stringify(Object.keys(files).filter((name) => LATER.test(name)));
  const source = readFileSync(SOURCE, "utf8");
  const version = createHash("sha256").update(source).update(list).digest("hex").slice(0, 12);
  writeFileSync(
    join(folder, "sw.js"),
    source
      .replace("__VERSION__", () => version)
      .replace("__FILES__", () => list)
      .replace("__LATER__", () => later),
  );
  return version;
}

/** Makes it part of the build of the page. */
export function offline(): Plugin {
  let folder = "";
  return {
    name: "kshot-offline",
    apply: "build",
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => {
      writeServiceWorker(folder);
    },
  };
}
