/**
 * Makes sure that pkg/ is the engine built from the sources as they are now.
 *
 * wasm-pack relinks and rewrites pkg/ on every run, which takes a while even when nothing changed; so the
 * hash of everything that goes in is kept beside the result, and an equal hash means there is nothing to do.
 * A pkg/ made by hand carries no such hash and is built once more, which cargo answers from its cache.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, say } from "../command.mjs";

const SOURCES = ["src", "weights", "Cargo.toml", "Cargo.lock", ".cargo"];
const MODULE = join(ROOT, "pkg", "kshot_bg.wasm");
const STAMP = join(ROOT, "pkg", ".built-from");

/** Builds pkg/ with wasm-pack where it is missing or older than what it is made of. */
export async function setUpEngine() {
  const sources = hashSources();
  if (existsSync(MODULE) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === sources) return;
  say(
    existsSync(join(ROOT, "target", "wasm32-unknown-unknown", "release"))
      ? "Building the engine; only what changed, so a minute or two"
      : "Building the engine, about 10 minutes the first time and a minute or two after that",
  );
  rmSync(STAMP, { force: true });
  await run("wasm-pack", ["build", "--release", "--", "--locked"]);
  writeFileSync(STAMP, sources);
}

function hashSources() {
  const hash = createHash("sha256");
  for (const name of SOURCES) addToHash(hash, name);
  return hash.digest("hex");
}

function addToHash(hash, name) {
  const path = join(ROOT, name);
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) addToHash(hash, `${name}/${entry}`);
  } else {
    hash.update(`${name}\0`).update(readFileSync(path));
  }
}
