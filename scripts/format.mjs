/** `npm run format`: formats every file, and mends what the linter can mend safely. */
import { main, run } from "./command.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRustChecks } from "./setup/rust.mjs";

await main(async () => {
  await setUpRustChecks();
  await setUpPackages();
  await run("cargo", ["fmt", "--all"]);
  await run("npx", ["biome", "check", "--write", "."]);
});
