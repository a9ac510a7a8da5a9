/** The package's one script tag, `kshot.iife.js`: the poster, without a module (element/script.ts). */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: from("../www"),
  publicDir: false,
  build: {
    target: "es2022",
    outDir: from("dist"),
    emptyOutDir: false,
    lib: {
      entry: from("../www/src/element/script.ts"),
      name: "KShotElement",
      formats: ["iife"],
      fileName: () => "kshot.iife.js",
    },
  },
});
