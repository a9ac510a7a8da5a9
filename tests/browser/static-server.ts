/**
 * A static server as an outsider has one: folders under any path, pages from a string, any headers, no cleverness.
 * It keeps what was asked of it.
 */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".wasm": "application/wasm",
};

/** What is served. */
export interface Content {
  /** Folders by the path under which they are, `/` at both ends; the longest that fits counts. */
  folders?: Record<string, string>;
  /** Pages by their path. */
  pages?: Record<string, string>;
  /** Headers of every answer. */
  headers?: Record<string, string>;
}

/** A server that runs. */
export interface Site {
  /** Its address, with `/` at the end. */
  url: string;
  /** The same machine under another origin. */
  otherUrl: string;
  /** Paths that were asked for, oldest first. */
  requests: string[];
  close(): Promise<void>;
}

/** Starts a server on a free port. */
export async function serve({ folders = {}, pages = {}, headers = {} }: Content): Promise<Site> {
  const requests: string[] = [];
  const mounts = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    requests.push(path);
    for (const [name, value] of Object.entries({ "access-control-allow-origin": "*", ...headers }))
      response.setHeader(name, value);
    const page = pages[path];
    if (page !== undefined) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(page);
      return;
    }
    const mount = mounts.find((one) => path.startsWith(one));
    let file = mount === undefined ? "" : join(folders[mount] ?? "", normalize(path.slice(mount.length)));
    if (file !== "" && existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (file === "" || !existsSync(file)) {
      response.statusCode = 404;
      response.end("Not found");
      return;
    }
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.setHeader("content-length", statSync(file).size);
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    otherUrl: `http://localhost:${port}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
