/** `npm start`: sets up what is missing, builds the engine and serves the page until Ctrl-C. */
import { main, run, say } from "./command.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRust } from "./setup/rust.mjs";

await main(async () => {
  await setUpRust();
  await setUpPackages();
  await setUpEngine();
  say("Serving the page: open the address below, Ctrl-C ends it");
  await run("npm", ["start", "--silent", "--workspace", "www", "--", ...process.argv.slice(2)]);
});
