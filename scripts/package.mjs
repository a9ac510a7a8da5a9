/** `npm run package`: sets up what is missing and builds the npm package, package/dist; `npm pack ./package` packs it. */
import { packageBuild } from "./checks.mjs";
import { main, run, say } from "./command.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRust } from "./setup/rust.mjs";

await main(async () => {
  await setUpRust();
  await setUpPackages();
  await setUpEngine();
  say("Building the package");
  await run(packageBuild.command, packageBuild.args);
});
