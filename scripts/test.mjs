/** `npm test`: sets up what is missing, runs every check and test, and closes with the count. */
import { browserTests, packageBuild, pageBuild, rustTests, sourceChecks, typeChecks } from "./checks.mjs";
import { main } from "./command.mjs";
import { setUpChromium } from "./setup/chromium.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages, setUpSlidev } from "./setup/packages.mjs";
import { setUpRust, setUpRustChecks } from "./setup/rust.mjs";
import { Stages } from "./stages.mjs";

const stages = new Stages();

await main(async () => {
  const chromium = await stages.time("set up", async () => {
    await setUpRust();
    await setUpRustChecks();
    await setUpPackages();
    await setUpSlidev();
    return setUpChromium();
  });
  for (const check of sourceChecks) await stages.run(check);
  await stages.run(rustTests);
  await stages.time("build of the engine", setUpEngine);
  for (const check of typeChecks) await stages.run(check);
  await stages.run(pageBuild);
  await stages.run(packageBuild);
  await stages.run(browserTests, { CHROMIUM_PATH: chromium });
});
console.log(`\n${stages.summary()}`);
