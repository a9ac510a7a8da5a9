/**
 * Builds the bench's own pages with Vite as a production build, since that is what users run.
 *
 * The settings are those of the product's page, so that the engine's worker, module and weights are bundled
 * in the same way; only the pages differ.
 */
import { join } from "node:path";
import { build, loadConfigFromFile, mergeConfig } from "vite";
import { ROOT, Stop } from "../scripts/command.mjs";

/** The folder that the built pages are in. */
export const PAGES = join(ROOT, "node_modules", ".cache", "kshot-bench-pages");

/** Builds every page of bench/pages into `PAGES`. */
export async function buildPages() {
  const www = join(ROOT, "www");
  const loaded = await loadConfigFromFile({ command: "build", mode: "production" }, undefined, www);
  if (!loaded) throw new Stop("www/vite.config.ts is missing, and the bench builds its pages with it.");
  const pages = join(ROOT, "bench", "pages");
  const config = mergeConfig(loaded.config, {
    root: pages,
    publicDir: false,
    base: "/",
    logLevel: "warn",
    // The peers are large; that is not this page's to mend.
    build: { outDir: PAGES, emptyOutDir: true, chunkSizeWarningLimit: 100_000 },
  });
  // In the place of the product's pages, not beside them.
  const input = ["speed", "engine", "faces", "first"].map((page) => join(pages, `${page}.html`));
  config.build.rolldownOptions = { input };
  await build({ ...config, configFile: false });
}
