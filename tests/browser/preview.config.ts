/** Serves www/dist as any static server would, also under a foreign host name. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { FOREIGN_HOST, PAGE_PORT } from "./servers.ts";

export default defineConfig({
  root: fileURLToPath(new URL("../../www", import.meta.url)),
  base: "./",
  build: { outDir: process.env.KSHOT_DIST ?? "dist" },
  preview: { port: PAGE_PORT, strictPort: true, host: "127.0.0.1", allowedHosts: [FOREIGN_HOST] },
});
