/** Find, align and embed a face, kshot beside @vladmandic/face-api, on the same photos. */
import { withPage } from "../browser.mjs";
import { median, ms, table } from "../table.mjs";

/** The photos, by their URL: two people, the first three times; tests/fixtures/faces. */
export const FACES = ["obama-1", "obama-2", "obama-3", "biden-1"].map((name) => `/bench/faces/${name}.jpg`);

/** The table of both backends, as Markdown. */
export async function measureFaces({ origin, quick }) {
  const rows = [];
  for (const backend of ["cpu", "webgpu"]) {
    const names = ["kshot, CPU", `face-api, ${backend === "cpu" ? "wasm" : "webgl"}`];
    const rounds = backend === "cpu" ? (quick ? 3 : 10) : quick ? 1 : 2;
    const seen = await withPage(backend, `${origin}/faces.html`, async (page) => {
      await page.evaluate((each) => window.bench.load(...each), [backend, FACES]);
      return page.evaluate((each) => window.bench.measure(each), rounds);
    });
    for (const [index, name] of names.entries()) rows.push(rowOf(name, backend, seen[index]));
  }
  return table(
    [
      "engine",
      "browser with",
      "find, median ms",
      "align",
      "embed",
      "in all",
      "faces found",
      "distance, same person",
      "another",
    ],
    rows,
  );
}

function rowOf(name, backend, seen) {
  const found = seen.filter(({ embedding }) => embedding !== null);
  const part = (take) => ms(median(found.map(take)));
  const [first, , third, other] = seen.map(({ embedding }) => embedding);
  return [
    ...[name, backend === "cpu" ? "no WebGPU" : "WebGPU"],
    part(({ detect }) => detect),
    part(({ align }) => align),
    part(({ embed }) => embed),
    part(({ detect, align, embed }) => detect + align + embed),
    `${found.length} of ${seen.length}`,
    distance(first, third),
    distance(first, other),
  ];
}

function distance(a, b) {
  if (!a || !b) return "-";
  return Math.hypot(...a.map((value, index) => value - b[index])).toFixed(2);
}
