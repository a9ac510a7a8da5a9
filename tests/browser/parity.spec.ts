/** The network in the browser against PyTorch, and its two devices against each other. */
import { PHOTOS, referenceOf } from "./reference.ts";
import { expect, test } from "./test.ts";

// Half-precision weights against single precision; see weights/README.md.
const LEAST_COSINE = 0.9999;
// Of a value of an embedding of length 1, about 0.03: single precision on both, and other orders of sums, give 3e-7.
const MOST_BETWEEN_DEVICES = 1e-5;

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
    const apart = most(embedding, embeddings.cpu[i] ?? []);
    expect(apart, `${name}: ${project} against the CPU`).toBeLessThanOrEqual(MOST_BETWEEN_DEVICES);
  }
});

/** Two photos to learn each person from and one to know them by. */
const PEOPLE = ["p05", "p15", "p21"];
/** Of values of an embedding of length 1.4, where 2e-6 was measured, and of places in a picture, 4e-7. */
const MOST_OF_AN_EMBEDDING = 5e-5;
const MOST_OF_A_PICTURE = 1e-5;

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
    expect(most(points[1] ?? [], points[0] ?? []), "keypoints").toBeLessThan(MOST_OF_A_PICTURE);
    const [own, other] = [[...(webgpu.embedding ?? [])], [...(cpu.embedding ?? [])]];
    expect(own).toHaveLength(128);
    expect(most(own, other), "embedding").toBeLessThan(MOST_OF_AN_EMBEDDING);
  }
  expect(told.taken).toEqual(Array(6).fill("true webgpu"));
  expect(told.known).toEqual(
    told.ids.map((id, place) => ["webgpu", id, told.ids.map((_, other) => other === place)]),
  );
  expect(told.stranger?.faces).toHaveLength(1);
  expect(told.none?.best).toBeNull();
  expect(told.back?.backend).toBe("cpu");
});

test("a convolution that is a hundredth off on WebGPU is noticed, of whatever kind it is", async ({
  api,
  project,
}) => {
  test.skip(project === "cpu", "it has no shaders");
  await api.evaluate(async () => {
    const { KShot, codeOf } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    await kshot.openFaces();
    Object.assign(window, {
      tryWebgpu: async () => {
        await kshot.chooseBackend("cpu");
        return codeOf(() => kshot.chooseBackend("webgpu"));
      },
    });
  });
  const [worker] = api.workers();
  if (worker === undefined) throw new Error("there is no worker");
  await worker.evaluate(() => {
    const state = { seen: new Set<string>(), wrong: "" };
    const kindOf = (code: string) => {
      const kind = code.includes("CHANNELS") ? "planes" : code.includes("mat4x4") ? "dense" : "depthwise";
      return `${kind} ${code.match(/KERNEL = (\d)/)?.[1]}`;
    };
    const plain = GPUDevice.prototype.createShaderModule;
    GPUDevice.prototype.createShaderModule = function ({ code, ...how }) {
      if (!code.includes("fn store(")) return plain.call(this, { code, ...how });
      const kind = kindOf(code);
      state.seen.add(kind);
      const wrong = code.replace("output[to] =", "output[to] = 1.01 *");
      return plain.call(this, { ...how, code: kind === state.wrong ? wrong : code });
    };
    Object.assign(globalThis, { shaders: state });
  });
  const tryWith = async (wrong: string) => {
    await worker.evaluate((wrong) => Object.assign(Reflect.get(globalThis, "shaders"), { wrong }), wrong);
    return api.evaluate(() => Reflect.get(window, "tryWebgpu")());
  };
  expect(await tryWith("")).toBe("none");
  const kinds: string[] = await worker.evaluate(() => [...Reflect.get(globalThis, "shaders").seen]);
  expect(kinds.toSorted()).toEqual([
    ...["dense 1", "dense 3", "depthwise 3", "depthwise 5", "planes 3", "planes 5", "planes 7"],
  ]);
  for (const kind of kinds) expect.soft(await tryWith(kind), kind).toBe("webgpu_unavailable");
});

/** The largest difference; not a number where one has more values. */
function most(a: number[], b: number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
}

function cosine(a: number[], b: number[]): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}
