/** `npm run build`: sets up what is missing and builds the page as a static folder, www/dist. */
import { main, run, say } from "./command.mjs";
import { setUpEngine } from "./setup/engine.mjs";
import { setUpPackages } from "./setup/packages.mjs";
import { setUpRust } from "./setup/rust.mjs";

await main(async () => {
  await setUpRust();
  await setUpPackages();
  await setUpEngine();
  say("Building the page");
  await run("npm", ["run", "build", "--workspace", "www"]);
  say("Done: www/dist is a static folder that any web server can serve over https");
});
