/** The network in the browser against PyTorch, and its two devices against each other. */
import { PHOTOS, referenceOf } from "./reference.ts";
import { expect, test } from "./test.ts";

// Half-precision weights against single precision; see weights/README.md.
const LEAST_COSINE = 0.9999;
const MOST_BETWEEN_DEVICES = 1e-3;

test("embeddings are those of PyTorch, and the same on both devices", async ({ api, project }) => {
  const embeddings = await api.evaluate(
    async ({ names, project }) => {
      const { KShot, pictures } = window.api;
      const kshot = await KShot.load({ backend: "cpu" });
      const embed = async () => {
        const all: number[][] = [];
        for (const name of names) {
          // PyTorch was given the stored values; some of these files carry a colour profile, which browsers apply.
          const stored = await createImageBitmap(await pictures.photo(name), {
            colorSpaceConversion: "none",
          });
          all.push([...(await kshot.embed(stored))]);
        }
        return all;
      };
      const cpu = await embed();
      if (project === "cpu") return { cpu, webgpu: null, backend: kshot.device.backend };
      const { backend } = await kshot.chooseBackend("webgpu");
      return { cpu, webgpu: await embed(), backend };
    },
    { names: PHOTOS, project },
  );
  expect(embeddings.backend).toBe(project);
  const own = embeddings.webgpu ?? embeddings.cpu;
  for (const [i, name] of PHOTOS.entries()) {
    const embedding = own[i] ?? [];
    expect(embedding).toHaveLength(1280);
    expect(Math.hypot(...embedding), `${name}: length 1`).toBeCloseTo(1, 5);
    expect(cosine(embedding, referenceOf(name)), `${name} against PyTorch`).toBeGreaterThanOrEqual(
      LEAST_COSINE,
    );
    const most = Math.max(
      ...embedding.map((value, j) => Math.abs(value - (embeddings.cpu[i]?.[j] ?? Number.NaN))),
    );
    expect(most, `${name}: ${project} against the CPU`).toBeLessThanOrEqual(MOST_BETWEEN_DEVICES);
  }
});

function cosine(a: number[], b: number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}
