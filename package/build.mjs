/** Builds package/dist: the modules, the script tag, the types, and the files that go beside them. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const npx = (...args) =>
  execFileSync("npx", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });

npx("vite", "build", "--config", "package/vite.config.ts", "--logLevel", "warn");
npx("vite", "build", "--config", "package/script.config.ts", "--logLevel", "warn");
npx("tsc", "--project", "package");

// A user's TypeScript knows imports that end in .js; ours end in .ts.
const types = join(here, "dist", "types");
for (const name of readdirSync(types, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const path = join(types, name);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replaceAll(/(from |import\()"(\.[^"]*)\.ts"/g, '$1"$2.js"'));
}

// The element alone in a page, for iframes.
const notice = readFileSync(join(root, "www/from-file.html"), "utf8").replaceAll("__COMMAND__", "npx vite");
const embed = readFileSync(join(here, "embed.html"), "utf8").replace("<!-- from-file -->\n", notice);
writeFileSync(join(here, "dist", "embed.html"), embed);
copyFileSync(join(root, "www/src/embed/embed.css"), join(here, "dist", "embed.css"));

for (const name of ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE"])
  copyFileSync(join(root, name), join(here, name));
