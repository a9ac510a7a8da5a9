/**
 * A static server for a built page, as a good host would serve it: brotli for code, everything else as it is.
 *
 * It keeps a log of what it sent, so that requests can be counted and bytes on the wire added up. Compressed
 * files are kept in node_modules/.cache, since the best brotli takes a minute for the engine's module.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { ROOT } from "../scripts/command.mjs";

const CACHE = join(ROOT, "node_modules", ".cache", "kshot-bench");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};
const COMPRESSED = new Set([".html", ".js", ".mjs", ".css", ".svg", ".json", ".wasm"]);

/**
 * Serves `folder` on this machine only; `files` adds single files by their URL path.
 * Gives the origin, the log of `{ path, bytes, sent }` since `clearLog()`, and `close()`.
 */
export async function serve(folder, files = {}) {
  let log = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = files[path] ?? join(folder, normalize(path.endsWith("/") ? `${path}index.html` : path));
    if (!existsSync(file) || !statSync(file).isFile()) {
      log.push({ path, bytes: 0, sent: 0, missing: true });
      response.writeHead(404).end();
      return;
    }
    const type = extname(file);
    const headers = {
      "content-type": TYPES[type] ?? "application/octet-stream",
      "cache-control": "no-cache",
    };
    const bytes = statSync(file).size;
    if (COMPRESSED.has(type)) {
      const body = compress(file);
      log.push({ path, bytes, sent: body.length });
      response
        .writeHead(200, { ...headers, "content-encoding": "br", "content-length": body.length })
        .end(body);
    } else {
      log.push({ path, bytes, sent: bytes });
      response.writeHead(200, { ...headers, "content-length": bytes });
      createReadStream(file).pipe(response);
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://localhost:${server.address().port}`,
    log: () => log,
    clearLog() {
      log = [];
    },
    close: () => new Promise((done) => server.close(done)),
  };
}

/** A file after brotli at its best, 11, as one compresses once and for all before uploading. */
function compress(file) {
  const content = readFileSync(file);
  const kept = join(CACHE, `${createHash("sha256").update(content).digest("hex")}.br`);
  if (existsSync(kept)) return readFileSync(kept);
  const body = brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(kept, body);
  return body;
}
