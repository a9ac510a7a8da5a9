/**
 * Keeps the page for visits without a network (www/offline/sw.js). It begins once the page answers, so that it takes
 * nothing from the first answer, and not where the visitor asks to save data. What only some tabs need is kept too,
 * but on mobile data no sooner than it is used.
 */

interface Connection {
  saveData?: boolean;
  /** Known to browsers on phones alone. */
  type?: string;
}

/** Installs the service worker, or looks for a newer version of it. */
export function keepOffline(): void {
  const { connection } = navigator as Navigator & { connection?: Connection };
  if (import.meta.env.DEV || !("serviceWorker" in navigator) || connection?.saveData === true) return;
  const { serviceWorker } = navigator;
  // Where it cannot be had, in private windows or over plain http, the page works as before.
  serviceWorker.register("./sw.js").catch(() => {});
  if (connection?.type !== "cellular") {
    void serviceWorker.ready.then(({ active }) => active?.postMessage("keep the rest"));
  }
}
