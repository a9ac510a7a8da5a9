/** Memory, and whether it stays flat while frames go by. */
import { readFileSync } from "node:fs";
import { promise } from "../bounds.mjs";
import { withPage } from "../browser.mjs";
import { countGpuWork, readGpuWork } from "../gpu-work.mjs";
import { size, table } from "../table.mjs";

const MOST_WASM = 128e6;
const MOST_GPU = 64e6;

/** Memory after the first frames and after the last, with a large support set, and with faces; on either backend. */
export async function measureMemory({ origin, quick }) {
  const [early, late] = quick ? [5, 20] : [100, 1000];
  const rows = [];
  for (const backend of ["cpu", "webgpu"]) {
    const steps = [
      [`frame ${early}`, (each) => window.bench.load(each), early],
      [`frame ${late}`, null, late - early],
      ["100 classes of 20 shots", () => window.bench.fill(100, 20), 1],
      ["faces, a photo of 12 megapixels", () => window.bench.lookAtFace(4000, 3000), 1],
    ];
    const measure = async (page, browser) => {
      const held = [];
      for (const [what, prepare, frames] of steps) {
        if (prepare) await page.evaluate(prepare, backend);
        const { wasmBytes, gpuBytes } = await page.evaluate((each) => window.bench.classify(each), frames);
        const { heldBytes = 0 } = await readGpuWork(page);
        held.push({ wasmBytes, heldBytes });
        rows.push([
          `${backend}, ${what}`,
          size(wasmBytes),
          gpuBytes === null ? "-" : size(gpuBytes),
          gpuBytes === null ? "-" : size(heldBytes),
          size(await heapOf(page)),
          await residentOf(browser),
        ]);
      }
      const [first, last] = held;
      const largest = (key) => Math.max(...held.map((each) => each[key]));
      promise(`${backend}: wasm memory at most`, largest("wasmBytes"), MOST_WASM, size);
      promise(
        `${backend}: its growth over ${late - early} frames`,
        last.wasmBytes - first.wasmBytes,
        0,
        size,
      );
      if (backend === "cpu") return;
      promise("GPU memory at most", largest("heldBytes"), MOST_GPU, size);
      promise(`its growth over ${late - early} frames`, last.heldBytes - first.heldBytes, 0, size);
    };
    await withPage(backend, `${origin}/engine.html`, measure, { prepare: countGpuWork });
  }
  const headings = ["after", "wasm memory", "GPU buffers", "GPU, as the browser counts", "page's JS heap"];
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
