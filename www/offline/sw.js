/**
 * The service worker: after the first visit the page works without a network. `www/offline/build.ts` writes this file
 * into the build, with the version, the SHA-256 of every file, and which of them come later, in the place of the names below.
 *
 * A version is taken whole or not at all, and pages of one version get files of that version alone: each has a cache of
 * its own, a new one waits until no page of the old one is open (nothing here hurries it), and what does not have the expected hash, as in the
 * middle of a deployment, ends the installation. The old version goes on then.
 *
 * Weights that only some visitors need are no part of the installation: each is kept when it is first used, and all of
 * them where the page says so. What an older version had of them, the next one is installed with.
 */
const VERSION = "__VERSION__";
const FILES = __FILES__;
const LATER = new Set(__LATER__);

const PREFIX = `kshot ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;
const urlOf = (path) => new URL(path, self.registration.scope).href;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = pathOf(request);
  if (path !== null) event.respondWith(answer(event, path));
});
self.addEventListener("message", (event) => {
  // Whatever ends it, the next visit goes on from there.
  if (event.data === "keep the rest") event.waitUntil(keep([...LATER]).catch(() => {}));
});

/** The file that a request is for, if it is one of ours. */
function pathOf({ method, url }) {
  const { href } = new URL(url);
  if (method !== "GET" || !href.startsWith(self.registration.scope)) return null;
  const path = decodeURIComponent(
    new URL(url).pathname.slice(new URL(self.registration.scope).pathname.length),
  );
  const file = path === "" ? "index.html" : path;
  return Object.hasOwn(FILES, file) ? file : null;
}

async function install() {
  const had = new Set();
  for (const name of (await caches.keys()).filter((one) => one.startsWith(PREFIX))) {
    for (const { url } of await (await caches.open(name)).keys()) had.add(stemOf(url));
  }
  await keep(Object.keys(FILES).filter((path) => !LATER.has(path) || had.has(stemOf(urlOf(path)))));
}

/** The name of a file without the hash of what is in it. */
function stemOf(url) {
  return url.replace(/-[\w-]{8}(\.\w+)$/, "$1");
}

/** Puts files of this version into its cache. Throws for what cannot be had as it should be. */
async function keep(paths) {
  const cache = await caches.open(CACHE);
  // One after the other: the page that is open comes first, and phones have little to spare.
  for (const path of paths) {
    const integrity = FILES[path];
    if (await cache.match(urlOf(path))) continue;
    const known = await caches.match(urlOf(path));
    if (known && (await matches(known.clone(), integrity))) {
      await cache.put(urlOf(path), known);
      continue;
    }
    // Names with a hash never change; all others may be stale in the browser's own cache.
    const response = await fetch(urlOf(path), {
      integrity,
      cache: /-[\w-]{8}\.\w+$/.test(path) ? "default" : "no-cache",
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    await cache.put(urlOf(path), response);
  }
}

async function matches(response, integrity) {
  const hash = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}` === integrity;
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  // The page of the first visit can do without a network too. Later versions find no page to claim.
  await self.clients.claim();
}

async function answer(event, path) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(urlOf(path));
  if (kept) return kept;
  const response = await fetch(event.request);
  // Here and not by `integrity`, which would hold every byte back until the last has come.
  if (response.ok && LATER.has(path)) {
    const [copy, put] = [response.clone(), response.clone()];
    event.waitUntil(
      matches(copy, FILES[path])
        .then((same) => (same ? cache.put(urlOf(path), put) : undefined))
        .catch(() => {}),
    );
  }
  return response;
}
