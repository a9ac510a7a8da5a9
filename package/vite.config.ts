/**
 * The npm package: the API, the element and its started part as ES modules, the worker, the module and the weights
 * beside them under plain names. Every file is found from the script's own address, which bundlers understand too.
 */
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import configureWww from "../www/vite.config.ts";

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig((env) => {
  const { plugins, build, ...page } = configureWww(env);
  const { rolldownOptions: _, ...common } = build;
  return mergeConfig(
    { ...page, build: common },
    {
      // The service worker is the page's.
      plugins: plugins.filter(({ name }) => name !== "kshot-offline"),
      root: from("../www"),
      publicDir: false,
      worker: { rolldownOptions: { output: { entryFileNames: "[name].js" } } },
      build: {
        outDir: from("dist"),
        emptyOutDir: true,
        modulePreload: false,
        rolldownOptions: {
          input: {
            kshot: from("../www/src/kshot.ts"),
            element: from("../www/src/element/index.ts"),
            view: from("../www/src/element/view.ts"),
            embed: from("../www/src/embed/main.ts"),
          },
          preserveEntrySignatures: "exports-only",
          output: {
            entryFileNames: "[name].js",
            chunkFileNames: "parts/[name].js",
            assetFileNames: "[name][extname]",
          },
        },
      },
    },
  );
});
