/** Frame to embedding and frame to answer, kshot beside its peers; and what each asks of WebGPU. */
import { Stop } from "../../scripts/command.mjs";
import { promise } from "../bounds.mjs";
import { withPage } from "../browser.mjs";
import { countGpuWork, readGpuWork } from "../gpu-work.mjs";
import { median, ms, size, table } from "../table.mjs";

// The same network in 32-bit floats everywhere: what is left is the order of additions.
const LARGEST_DIFFERENCE = 1e-5;

/** Both tables of one backend, as Markdown. */
export async function measureSpeed({ origin, quick }, backend) {
  const peerBackend = backend === "cpu" ? "wasm" : backend;
  const peers = ["kshot", `tfjs ${peerBackend}`, `onnxruntime-web ${peerBackend}`];
  const [rounds, warmUps] = backend === "cpu" ? [quick ? 10 : 30, 5] : [quick ? 2 : 5, 1];

  return withPage(
    backend,
    `${origin}/speed.html`,
    async (page) => {
      await page.evaluate((each) => window.bench.load(each), backend);
      const differences = compare(await page.evaluate(() => window.bench.embeddings()), peers);
      const times = await page.evaluate((each) => window.bench.measure(...each), [rounds, warmUps]);
      const speed = speedTable(peers, times, differences);
      return backend === "cpu" ? [speed] : [speed, await gpuWorkTable(page, peers)];
    },
    { prepare: countGpuWork },
  );
}

function compare(embeddings, peers) {
  const [first] = embeddings;
  return embeddings.map((theirs, peer) => {
    const cosine = first.reduce((sum, each, index) => sum + each * theirs[index], 0);
    const largest = Math.max(...first.map((each, index) => Math.abs(each - theirs[index])));
    if (!(largest <= LARGEST_DIFFERENCE)) {
      throw new Stop(
        `${peers[peer]} gives another embedding than ${peers[0]}: they differ by up to ${largest.toExponential(1)} ` +
          `(cosine ${cosine.toFixed(6)}), so their times cannot be compared.`,
      );
    }
    return { cosine, largest };
  });
}

function speedTable(peers, times, differences) {
  const ours = median(times[0]);
  const row = (name, what, each, agreement) => [
    ...[name, what, ms(median(each)), ms(Math.min(...each)), ms(Math.max(...each))],
    `${(median(each) / ours).toFixed(2)} x`,
    ...agreement,
  ];
  const rows = peers.map((name, index) => {
    const found = differences[index];
    const agreement = index === 0 ? ["", ""] : [found.cosine.toFixed(6), found.largest.toExponential(1)];
    return row(name, "embedding", times[index], agreement);
  });
  rows.splice(1, 0, row("kshot", "answer, 5 classes of 5", times[peers.length], ["", ""]));
  const headings = [
    "engine",
    "frame to",
    "median ms",
    "min",
    "max",
    "to ours",
    "cosine",
    "largest difference",
  ];
  return table(headings, rows);
}

async function gpuWorkTable(page, peers) {
  const frames = 2;
  const rows = [];
  let before = await readGpuWork(page);
  for (const [index, name] of peers.entries()) {
    for (let frame = 0; frame < frames; frame++)
      await page.evaluate((each) => window.bench.runOnce(each), index);
    const after = await readGpuWork(page);
    const perFrame = (count) => Math.round((after[count] - before[count]) / frames);
    if (index === 0) {
      promise("pipelines built for a frame", perFrame("pipelines"), 0, String);
      promise("written to GPU buffers for a frame", perFrame("uploadedBytes"), 0, size);
    }
    rows.push([
      name,
      ...["dispatches", "submits", "pipelines"].map(perFrame),
      size(perFrame("uploadedBytes")),
    ]);
    before = after;
  }
  return table(
    ["a frame, after warm-up", "dispatches", "submits", "new pipelines", "written to buffers"],
    rows,
  );
}
