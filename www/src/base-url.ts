/**
 * Where the files beside this script are: the module, the worker, the weights. The build says so; a page that keeps
 * them elsewhere says it once, before anything is loaded.
 */
let base: string | null = null;

/**
 * Takes the files from another folder than that of this script, or from a CDN. Call it before `KShot.load` and before
 * an element is started.
 *
 * @example
 * setBaseUrl("/assets/kshot/"); // holds kshot_bg.wasm, worker.js and the weights
 */
export function setBaseUrl(url: string | URL): void {
  const folder = new URL(url, document.baseURI);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  base = folder.href;
}

/** Where a file is, given its URL as built. */
export function fileAt(built: string): string {
  if (base === null) return built;
  return new URL(built.slice(built.lastIndexOf("/") + 1), base).href;
}

/**
 * Starts a worker from a script of any origin. Browsers start only those of the page's own; one from elsewhere is
 * imported by a line of script that is.
 */
export function startWorker(url: string): Worker {
  const options: WorkerOptions = { type: "module", name: "kshot" };
  const { href, origin } = new URL(url, document.baseURI);
  if (origin === location.origin && origin !== "null") return new Worker(href, options);
  const own = URL.createObjectURL(new Blob([`import ${JSON.stringify(href)};`], { type: "text/javascript" }));
  const worker = new Worker(own, options);
  worker.addEventListener("message", () => URL.revokeObjectURL(own), { once: true });
  return worker;
}
