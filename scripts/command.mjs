/**
 * Runs other programs: shown as they go, asked quietly, or shown and read at once.
 *
 * A program that fails, or is not there, stops the script with one sentence; nothing is retried here.
 */
import { spawn, spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The top folder of the repository. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** A reason to stop that is a full sentence for the user; shown without a stack trace. */
export class Stop extends Error {}

// npm, npx and wasm-pack's shims are .cmd files on Windows, which only a shell starts there.
const SHELL = process.platform === "win32";

/** What a program prints on standard output, or null where it is missing or fails. */
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8", shell: SHELL });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a program with its output on the user's screen; throws `Stop` if it fails. */
export async function run(command, args, options = {}) {
  const { code } = await start(command, args, options);
  if (code !== 0) throw new Stop(`\`${[command, ...args].join(" ")}\` failed (exit code ${code}).`);
}

/** The same for a program whose output is also read; gives its exit code and what it printed. */
export function runAndRead(command, args, options = {}) {
  return start(command, args, { ...options, read: true });
}

function start(command, args, { env = {}, cwd = ROOT, read = false }) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      shell: SHELL,
      stdio: ["inherit", read ? "pipe" : "inherit", "inherit"],
    });
    let output = "";
    child.stdout?.on("data", (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on("error", () => fail(new Stop(`\`${command}\` could not be started: is it installed?`)));
    child.on("close", (code, signal) => settle({ code: code ?? signal, output }));
  });
}

/** Says what is about to happen, so that no long step is silent. */
export function say(text) {
  console.log(`\n▸ ${text}`);
}

/** Runs a script's body; a `Stop` ends it with its sentence, anything else with its stack. */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof Stop ? `\n✗ ${error.message}` : error);
    process.exitCode = 1;
  }
}
