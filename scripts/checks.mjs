/**
 * Every check of the repository as a list of stages: what it is called and the command behind it.
 *
 * All of Rust is checked and tested in the release profile: the embedder is too slow without
 * optimisation to be tested on real pictures, and one profile means that Burn is compiled once.
 */

const WARNINGS = ["--", "-D", "warnings"];
const WASM = ["--target", "wasm32-unknown-unknown"];

/** Checks that read the sources and need nothing built. */
export const sourceChecks = [
  stage("format and lint of TypeScript, JavaScript, CSS and JSON", "npx", ["biome", "ci", "."]),
  stage("format of Rust", "cargo", ["fmt", "--all", "--check"]),
  stage("clippy", "cargo", [
    ...["clippy", "--release", "--locked", "--workspace", "--all-targets"],
    ...WARNINGS,
  ]),
  stage("clippy of the wasm part", "cargo", [
    ...["clippy", "--release", "--locked", "--package", "kshot", ...WASM],
    ...WARNINGS,
  ]),
  stage("documentation of Rust", "cargo", ["doc", "--release", "--locked", "--workspace", "--no-deps"], {
    env: { RUSTDOCFLAGS: "-D warnings" },
  }),
];

/** Checks of TypeScript, which need the types that wasm-pack writes into pkg/. */
export const typeChecks = ["www", "tests/browser", "bench"].map((folder) =>
  stage(`types in ${folder}`, "npx", ["tsc", "--noEmit", "--project", folder]),
);

/** Rust's tests: units, questions in tests/, and the examples in the documentation. */
export const rustTests = stage(
  "tests of Rust",
  "cargo",
  ["test", "--release", "--locked", "--workspace", "--no-fail-fast"],
  { count: countRustTests },
);

/** The production build, which the browser tests are run against. */
export const pageBuild = stage("build of the page", "npm", ["run", "build", "--workspace", "www"]);

/** The npm package, which the tests use as an outsider does. */
export const packageBuild = stage("build of the package", "node", ["package/build.mjs"]);

/** The page in a real Chromium. */
export const browserTests = stage(
  "tests in the browser",
  "npx",
  [
    ...["playwright", "test", "--config", "tests/browser/playwright.config.ts"],
    ...["--reporter=list", "--forbid-only", "--fail-on-flaky-tests"],
  ],
  { count: countBrowserTests },
);

function stage(name, command, args, { env = {}, count = null } = {}) {
  return { name, command, args, env, count };
}

/** Adds up cargo's `test result: ok. 3 passed; 0 failed; 1 ignored; …`, one line a test program. */
function countRustTests(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const line of output.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)) {
    counts.passed += Number(line[1]);
    counts.failed += Number(line[2]);
    counts.skipped += Number(line[3]);
  }
  return counts;
}

/** Reads Playwright's closing lines, `  3 passed (4.2s)` and the like. */
function countBrowserTests(output) {
  const of = (word) => Number(output.match(new RegExp(`^ +(\\d+) ${word}\\b`, "m"))?.[1] ?? 0);
  return {
    passed: of("passed"),
    failed: of("failed") + of("flaky") + of("interrupted"),
    skipped: of("skipped") + of("did not run"),
  };
}
