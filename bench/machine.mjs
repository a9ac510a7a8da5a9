/** What the figures were measured on, as far as the machine and the browser tell. */
import { cpus, loadavg, release, totalmem, type } from "node:os";

/** One line a fact; `page` is a page with WebGPU. */
export async function describeMachine(page, browser) {
  const adapter = await page.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter();
    return found ? [found.info.vendor, found.info.architecture, found.info.description] : null;
  });
  const [processor] = cpus();
  return [
    `${processor.model.trim()}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}`,
    `Chromium ${browser.version()}`,
    `WebGPU adapter: ${adapter ? adapter.filter(Boolean).join(", ") : "none"}`,
    `Load of the machine before the start: ${loadavg()[0].toFixed(2)} (0 is idle)`,
  ];
}
