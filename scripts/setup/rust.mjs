/**
 * Makes sure that Rust can build the engine: the compiler, its wasm target and wasm-pack.
 *
 * Rust itself is never installed or updated from here, since that changes the user's machine well
 * beyond this folder; the user is told in one sentence what to do. The target and wasm-pack are added.
 */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { ask, ROOT, run, Stop, say } from "../command.mjs";

const TARGET = "wasm32-unknown-unknown";
// The version that this repository was built with. Older ones from 0.13 on work as well.
const WASM_PACK = "0.15.1";

/** Checks the compiler and adds the wasm target and wasm-pack where they are missing. */
export async function setUpRust() {
  // Where cargo puts what it installs; a shell that was open before Rust came does not look there.
  const installed = join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "bin");
  process.env.PATH = [process.env.PATH, installed].join(delimiter);
  checkCompiler();
  await addTarget();
  if (ask("wasm-pack", ["--version"]) === null) {
    say(`Installing wasm-pack ${WASM_PACK} with cargo, about 2 minutes, once`);
    await run("cargo", ["install", "wasm-pack", "--version", WASM_PACK, "--locked"]);
  }
}

/** Adds rustfmt and clippy, which a minimal Rust lacks and only the checks need. */
export async function setUpRustChecks() {
  for (const component of ["rustfmt", "clippy"]) {
    if (ask("cargo", [component === "rustfmt" ? "fmt" : component, "--version"]) === null) {
      say(`Adding ${component} to Rust`);
      await run("rustup", ["component", "add", component]);
    }
  }
}

function checkCompiler() {
  const wanted = readFileSync(join(ROOT, "Cargo.toml"), "utf8").match(/rust-version = "(\d+)\.(\d+)/);
  const found = ask("rustc", ["--version"])?.match(/rustc (\d+)\.(\d+)/);
  if (!found || ask("cargo", ["--version"]) === null) {
    throw new Stop("Rust is missing: install it from https://rustup.rs, open a new terminal and try again.");
  }
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const [wantedMajor, wantedMinor] = [Number(wanted[1]), Number(wanted[2])];
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    throw new Stop(
      `Rust ${wantedMajor}.${wantedMinor} or newer is needed and this is ${major}.${minor}: ` +
        "run `rustup update stable` and try again.",
    );
  }
}

async function addTarget() {
  const sysroot = ask("rustc", ["--print", "sysroot"]);
  if (existsSync(join(sysroot, "lib", "rustlib", TARGET))) return;
  if (ask("rustup", ["--version"]) === null) {
    throw new Stop(
      `Rust's ${TARGET} target is missing and there is no rustup to add it: install Rust from ` +
        "https://rustup.rs, or the target's package of your system, and try again.",
    );
  }
  say(`Adding Rust's ${TARGET} target`);
  await run("rustup", ["target", "add", TARGET]);
}
