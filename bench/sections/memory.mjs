/** Memory, and whether it stays flat while frames go by. */
import { readFileSync } from "node:fs";
import { withPage } from "../browser.mjs";
import { countGpuWork, readGpuWork } from "../gpu-work.mjs";
import { size, table } from "../table.mjs";

/** Memory after the first frames and after the last, on either backend. */
export async function measureMemory({ origin, quick }) {
  const cases = [
    ["cpu", quick ? [20, 100] : [100, 1000]],
    // Two seconds a frame on the software adapter.
    ["webgpu", quick ? [2, 4] : [5, 25]],
  ];
  const rows = [];
  for (const [backend, [early, late]] of cases) {
    const measure = async (page, browser) => {
      await page.evaluate((each) => window.bench.load(each), backend);
      for (const [frames, total] of [
        [early, early],
        [late - early, late],
      ]) {
        const { wasmBytes, gpuBytes } = await page.evaluate((each) => window.bench.classify(each), frames);
        rows.push([
          `${backend}, frame ${total}`,
          size(wasmBytes),
          gpuBytes === null ? "-" : size(gpuBytes),
          backend === "cpu" ? "-" : size((await readGpuWork(page)).bufferBytes),
          size(await heapOf(page)),
          await residentOf(browser),
        ]);
      }
    };
    await withPage(backend, `${origin}/engine.html`, measure, { prepare: countGpuWork });
  }
  const headings = ["after", "wasm memory", "GPU buffers", "as the browser counts", "page's JS heap"];
  return table([...headings, "renderer, resident"], rows);
}

/** JavaScript objects alive in the page, after a collection. */
async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

/** Memory of the process that runs the page and its worker, where the system tells (Linux). */
async function residentOf(browser) {
  if (process.platform !== "linux") return "-";
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => Number(readFileSync(`/proc/${id}/status`, "utf8").match(/^VmRSS:\s+(\d+)/m)?.[1] ?? 0));
  // There is a spare renderer without a page in it, which is much the smaller.
  return size(Math.max(...sizes) * 1024);
}
