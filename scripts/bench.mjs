/** `npm run bench`: sets up what is missing, builds the page and measures; bench/run.mjs lists the options. */
import { pageBuild } from "./checks.mjs";
import { main, run, say } from "./command.mjs";
import { setUpChromium } from "./setup/chromium.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRust } from "./setup/rust.mjs";

await main(async () => {
  await setUpRust();
  await setUpPackages();
  const chromium = await setUpChromium();
  await setUpEngine();
  say("Building the page");
  await run(pageBuild.command, pageBuild.args);
  const { runBench } = await import("../bench/run.mjs");
  await runBench(process.argv.slice(2), chromium);
});
