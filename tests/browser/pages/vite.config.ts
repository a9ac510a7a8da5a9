/** Serves the API page: kshot from its sources, built as the page's own configuration says. */
import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vite";
import configureWww from "../../../www/vite.config.ts";
import { API_PORT } from "../servers.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig((env) =>
  mergeConfig(configureWww(env), {
    root,
    // Its own cache: the page may be served by `npm start` at the same time.
    cacheDir: fileURLToPath(new URL("../../../node_modules/.cache/kshot-tests/vite", import.meta.url)),
    server: { port: API_PORT, strictPort: true, host: "127.0.0.1", hmr: false },
  }),
);
