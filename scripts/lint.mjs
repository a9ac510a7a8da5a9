/** `npm run lint`: formatters, linters and type checks, without the tests. */
import { sourceChecks, typeChecks } from "./checks.mjs";
import { main } from "./command.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRust, setUpRustChecks } from "./setup/rust.mjs";
import { Stages } from "./stages.mjs";

await main(async () => {
  await setUpRust();
  await setUpRustChecks();
  await setUpPackages();
  const stages = new Stages();
  for (const check of sourceChecks) await stages.run(check);
  await setUpEngine();
  for (const check of typeChecks) await stages.run(check);
});
