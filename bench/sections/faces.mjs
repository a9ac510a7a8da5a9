/** Find, align and embed a face, kshot beside @vladmandic/face-api, on the same photos; and a picture without a face. */
import { withPage } from "../browser.mjs";
import { mean, median, ms, table } from "../table.mjs";

/** The photos, by their URL: two people, the first three times; tests/fixtures/faces. */
export const FACES = ["obama-1", "obama-2", "obama-3", "biden-1"].map((name) => `/bench/faces/${name}.jpg`);

/** A photo without a face: what `--photo` names, a cat where it is not said. */
const FACELESS = "/bench/photo";

/** The tables, as Markdown: faces on both backends, and a picture without one on the CPU. */
export async function measureFaces({ origin, quick }) {
  const rows = [];
  let faceless = [];
  for (const backend of ["cpu", "webgpu"]) {
    const names =
      backend === "cpu"
        ? ["kshot, CPU", "face-api, wasm"]
        : ["kshot, CPU", "kshot, WebGPU", "face-api, webgl"];
    const rounds = backend === "cpu" ? (quick ? 3 : 10) : quick ? 1 : 2;
    const seen = await withPage(backend, `${origin}/faces.html`, async (page) => {
      await page.evaluate((each) => window.bench.load(...each), [backend, FACES]);
      const measured = await page.evaluate((each) => window.bench.measure(each), rounds);
      if (backend === "cpu")
        faceless = await page.evaluate(
          (each) => window.bench.measureFaceless(...each),
          [FACELESS, 4 * rounds],
        );
      return measured;
    });
    for (const [index, name] of names.entries()) rows.push(rowOf(name, backend, seen[index]));
  }
  const faces = table(
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
  const ways = ["kshot, CPU: a photo", "kshot, CPU: frames of a camera", "face-api, wasm"];
  return [
    faces,
    table(
      ["a picture without a face, ms", "pictures", "mean", "median", "max"],
      ways.map((way, index) => {
        const times = faceless[index];
        return [way, times.length, ms(mean(times)), ms(median(times)), ms(Math.max(...times))];
      }),
    ),
  ];
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
