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

/** Two photos to learn each person from and one to know them by. */
const PEOPLE = ["p05", "p15", "p21"];
/** Single precision on both; what differs is the order of sums. */
const LEAST_COSINE_OF_FACES = 0.9999;
const MOST_OF_A_PICTURE = 1e-3;

test("faces are found, embedded and told apart on WebGPU as on the CPU", async ({ api, project }) => {
  test.skip(project === "cpu", "it has no WebGPU to compare with");
  const told = await api.evaluate(async (people) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const names = ["obama-1", "caltech-p15-1", "caltech-dark"];
    const looks = async () => {
      const all = [];
      for (const name of names) all.push(await faces.look(await pictures.photo(name)));
      return all;
    };
    const cpu = await looks();
    const devices: string[] = [];
    faces.on("device", ({ backend }) => devices.push(backend));
    await kshot.chooseBackend("webgpu");
    const { device } = faces;
    const webgpu = await looks();
    const ids: number[] = [];
    const taken: string[] = [];
    for (const name of people) {
      const id = await faces.addPerson(name);
      ids.push(id);
      for (const n of [1, 2]) {
        const step = await faces.addPhoto(id, await pictures.photo(`caltech-${name}-${n}`));
        taken.push(`${step.taken} ${step.look.backend}`);
      }
    }
    const known: unknown[] = [];
    for (const name of people) {
      const look = await faces.look(await pictures.photo(`caltech-${name}-3`));
      const verdicts = [];
      for (const id of ids) verdicts.push((await faces.verify(id))?.same);
      known.push([look?.backend, (await faces.recognise())?.best, verdicts]);
    }
    const stranger = await faces.look(await pictures.photo("biden-1"));
    const none = await faces.recognise();
    // Both leave a WebGPU that was measured to be slower, also while a frame is on it.
    const photo = await pictures.photo("obama-1");
    const [first, second] = [kshot.embed(photo), kshot.embed(photo)];
    await first;
    await kshot.chooseBackend("auto");
    await second;
    const back = await faces.look(photo);
    return { cpu, webgpu, device, devices, ids, taken, known, stranger, none, back };
  }, PEOPLE);
  expect(told.devices).toEqual(["webgpu", "cpu"]);
  expect(told.device).toMatchObject({ backend: "webgpu" });
  expect(told.device.cpuMs, "timed on the CPU").toBeGreaterThan(0);
  expect(told.device.webgpuMs, "timed on WebGPU").toBeGreaterThan(0);
  for (const [place, cpu] of told.cpu.entries()) {
    const webgpu = told.webgpu[place];
    if (!cpu || !webgpu) throw new Error("a look was passed over");
    expect([cpu.backend, webgpu.backend]).toEqual(["cpu", "webgpu"]);
    expect(webgpu.faces).toHaveLength(1);
    expect(webgpu.advice).toBe(cpu.advice);
    const points = [...cpu.faces, ...webgpu.faces].map(({ box, keypoints }) => [
      ...[box.left, box.top, box.width, box.height],
      ...keypoints.flat(),
    ]);
    const apart = points[0]?.map((value, i) => Math.abs(value - (points[1]?.[i] ?? Number.NaN))) ?? [];
    expect(Math.max(...apart), "keypoints").toBeLessThan(MOST_OF_A_PICTURE);
    expect(cosine([...(cpu.embedding ?? [])], [...(webgpu.embedding ?? [])])).toBeGreaterThan(
      LEAST_COSINE_OF_FACES,
    );
  }
  expect(told.taken).toEqual(Array(6).fill("true webgpu"));
  expect(told.known).toEqual(
    told.ids.map((id, place) => ["webgpu", id, told.ids.map((_, other) => other === place)]),
  );
  expect(told.stranger?.faces).toHaveLength(1);
  expect(told.none?.best).toBeNull();
  expect(told.back?.backend).toBe("cpu");
});

function cosine(a: number[], b: number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}
