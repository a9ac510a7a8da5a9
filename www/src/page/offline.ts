/**
 * Keeps the page for visits without a network (www/offline/sw.js). It begins once the page answers, so that it takes
 * nothing from the first answer, and not where the visitor asks to save data.
 */

/** Installs the service worker, or looks for a newer version of it. */
export function keepOffline(): void {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (import.meta.env.DEV || !("serviceWorker" in navigator) || connection?.saveData === true) return;
  // Where it cannot be had, in private windows or over plain http, the page works as before.
  navigator.serviceWorker.register("./sw.js").catch(() => {});
}
