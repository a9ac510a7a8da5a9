/**
 * The build of the page. Its base is relative, so that `dist/` works from any folder of any server.
 *
 * The engine's JavaScript is found here rather than by a path, because `wasm-pack build` leaves it in
 * a different file for each target, and a run for one target leaves the files of the other in place.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { offline } from "./offline/build.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MODULE = `${root}pkg/kshot_bg.wasm`;
const WEIGHTS = `${root}weights/embedder.safetensors`;
const FACES = `${root}weights/faces.safetensors`;
const DRAWINGS = `${root}weights/drawings.safetensors`;
const METHODS = `${root}weights/camera.safetensors`;
const CHARACTERS = `${root}weights/omniglot-test.characters`;

function findGlue(): string {
  const entry = `${root}pkg/kshot.js`;
  const forWeb = readFileSync(entry, "utf8").includes("initSync");
  return forWeb ? entry : `${root}pkg/kshot_bg.js`;
}

function kshotGlue(): Plugin {
  return {
    name: "kshot-glue",
    resolveId: (id) => (id === "virtual:kshot-glue" ? findGlue() : null),
  };
}

/** Those who show the card want its whole address, which only the host knows: `KSHOT_URL`, where the page will be. */
function socialCard(): Plugin {
  const base = process.env.KSHOT_URL ?? "";
  const url = base === "" || base.endsWith("/") ? base : `${base}/`;
  return {
    name: "kshot-social-card",
    apply: "build",
    transformIndexHtml: (html) =>
      html.replace('content="social-card.jpg"', `content="${url}social-card.jpg"`),
  };
}

/** Browsers run no module scripts and load no styles from a file:// page, so each page brings its own word on that. */
function fromFile(): Plugin {
  const notice = readFileSync(page("from-file.html"), "utf8").replaceAll("__COMMAND__", "npm start");
  return {
    name: "kshot-from-file",
    transformIndexHtml: (html) => html.replace("<!-- from-file -->\n", notice),
  };
}

export default defineConfig(() => {
  if (!existsSync(MODULE)) {
    throw new Error(
      "The engine is not built: run `wasm-pack build` in the top folder of the repository first.",
    );
  }
  return {
    base: "./",
    define: {
      __MODULE_BYTES__: statSync(MODULE).size,
      __WEIGHTS_BYTES__: statSync(WEIGHTS).size,
      __FACES_BYTES__: statSync(FACES).size,
      __METHODS_BYTES__: statSync(METHODS).size,
      __LAB_BYTES__: { weights: statSync(DRAWINGS).size, characters: statSync(CHARACTERS).size },
    },
    plugins: [kshotGlue(), fromFile(), socialCard(), offline()],
    worker: { format: "es" as const, plugins: () => [kshotGlue()] },
    server: { fs: { allow: [root] } },
    build: {
      target: "es2022",
      // The browsers that README.md names: all have light-dark() and container queries, so nothing is rewritten.
      cssTarget: ["chrome123", "edge123", "firefox125", "safari17.5"],
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: {
          index: page("index.html"),
          embed: page("embed.html"),
          slides: page("slides.html"),
          // Under a name that stays, for pages elsewhere.
          element: page("src/element/index.ts"),
        },
        output: {
          entryFileNames: ({ name }) => (name === "element" ? "element.js" : "assets/[name]-[hash].js"),
        },
      },
    },
  };
});
