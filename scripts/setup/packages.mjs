/**
 * Makes sure that node_modules holds what package-lock.json says.
 *
 * npm keeps its own record of what it installed. That record is compared with the lock file package by
 * package, so that neither a clone's file times nor an `npm install` by hand leads to a needless install.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, Stop, say } from "../command.mjs";

const CI = ["ci", "--no-audit", "--no-fund"];
// What the example deck of Slidev needs to be tested: 540 MB, which nothing else does.
const SLIDEV = "tests/browser/slidev";

/** Runs `npm ci` unless every package of the lock file is there in its version. */
export async function setUpPackages() {
  checkNode();
  if (packagesAreInstalled()) return;
  say("Installing the npm packages");
  await run("npm", CI);
}

/** The same for Slidev, in a folder of its own: only the tests need it. */
export async function setUpSlidev() {
  if (packagesAreInstalled(SLIDEV)) return;
  say("Installing Slidev, for the test of its example");
  await run("npm", [...CI, "--prefix", SLIDEV]);
}

/** package.json asks for what Vite asks for: `^20.19 || >=22.12`. */
function checkNode() {
  const wanted = readJson("package.json").engines.node;
  const [major, minor] = process.versions.node.split(".").map(Number);
  const ranges = [...wanted.matchAll(/(\^|>=)(\d+)\.(\d+)/g)];
  const fits = ranges.some(([, sign, least, leastMinor]) =>
    major === Number(least) ? minor >= Number(leastMinor) : sign === ">=" && major > Number(least),
  );
  if (!fits) throw new Stop(`Node ${wanted} is needed and this is ${process.versions.node}.`);
}

function packagesAreInstalled(folder = ".") {
  let installed;
  try {
    installed = readJson(folder, "node_modules", ".package-lock.json").packages;
  } catch {
    return false;
  }
  // Optional packages are builds for other systems; npm leaves those out of its record.
  return Object.entries(readJson(folder, "package-lock.json").packages)
    .filter(([path, wanted]) => path.startsWith("node_modules/") && !wanted.optional && !wanted.link)
    .every(([path, wanted]) => installed[path]?.version === wanted.version);
}

function readJson(...path) {
  return JSON.parse(readFileSync(join(ROOT, ...path), "utf8"));
}
