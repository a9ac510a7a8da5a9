/** The JavaScript API: every method, undo of every action, states, and what is refused. */
import { expect, test } from "./test.ts";

test("a shot is known to the very next answer, and one shot a class is told as similarity", async ({
  api,
}) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const empty = await kshot.classify(await pictures.photo("cup-05"));
    const cup = await kshot.addClass("cup");
    const ball = await kshot.addClass("ball");
    await kshot.addShot(cup, await pictures.photo("cup-01"));
    const alone = await kshot.classify(await pictures.photo("cup-05"));
    await kshot.addShot(ball, await pictures.photo("football-01"));
    const one = await kshot.classify(await pictures.photo("football-07"));
    for (const name of ["cup-02", "cup-03"]) await kshot.addShot(cup, await pictures.photo(name));
    await kshot.addShot(ball, await pictures.photo("football-02"));
    const more = await kshot.answer();
    const none = await kshot.classify(await pictures.photo("sunflower-01"));
    return { cup, ball, empty, alone, one, more, none };
  });
  expect(told.empty).toMatchObject({ best: null, scores: [] });
  expect(told.alone?.scores.map(({ classId }) => classId)).toEqual([told.cup]);
  expect(told.one).toMatchObject({ best: told.ball, scale: "similarity" });
  expect(told.more, "the last query against the shots since").toMatchObject({
    best: told.ball,
    scale: "probability",
  });
  const sum = told.more?.scores.reduce((total, { probability }) => total + probability, 0);
  expect(sum).toBeCloseTo(1, 5);
  expect(told.none).toMatchObject({ best: null });
  for (const score of told.none?.scores ?? [])
    expect(score.similarity).toBeLessThan(told.none?.threshold ?? 0);
});

test("undo takes back each kind of change, and brings the same ids", async ({ api }) => {
  const steps = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    const shot = await kshot.addShot(cup, await pictures.photo("cup-01"));
    const saved = kshot.exportState();
    const changes: [string, () => Promise<unknown>][] = [
      ["add_class", () => kshot.addClass("ball")],
      ["rename_class", () => kshot.renameClass(cup, "mug")],
      ["enable_class", () => kshot.enableClass(cup, false)],
      ["add_shot", () => pictures.photo("cup-02").then((photo) => kshot.addShot(cup, photo))],
      ["remove_shot", () => kshot.removeShot(shot)],
      ["remove_class", () => kshot.removeClass(cup)],
      ["clear", () => kshot.clear()],
      ["restore", () => kshot.restoreState(saved)],
    ];
    const told: { kind: string; undo: string | null; changed: boolean; back: boolean }[] = [];
    for (const [kind, change] of changes) {
      const before = JSON.stringify(kshot.support.classes);
      await change();
      const undo = kshot.support.undo?.action ?? null;
      const changed = JSON.stringify(kshot.support.classes) !== before;
      const undone = (await kshot.undo()) === kind;
      told.push({
        kind,
        undo,
        changed: changed && undone,
        back: JSON.stringify(kshot.support.classes) === before,
      });
    }
    return told;
  });
  for (const { kind, undo, changed, back } of steps) {
    expect.soft({ undo, changed, back }, kind).toEqual({ undo: kind, changed: true, back: true });
  }
});

test("a step is taken back whole and alone, whatever lies between its changes", async ({ api }) => {
  const looks = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    const ball = await kshot.addClass("ball");
    const photo = await pictures.photo("cup-01");
    const [first, second] = [kshot.newStep(), kshot.newStep()];
    await Promise.all(
      [first, second, first, second, first].map((step) =>
        kshot.addShot(step === first ? cup : ball, photo, { step }),
      ),
    );
    const look = () => kshot.support.classes.map(({ shots }) => shots.length);
    const told = [look()];
    await kshot.renameClass(cup, "mug");
    await kshot.undo({ step: first });
    told.push(look());
    const gone = await kshot.undo({ step: first });
    const { undo, classes } = kshot.support;
    await kshot.undo();
    await kshot.undo();
    told.push(look());
    await kshot.clearHistory();
    await kshot.undo();
    return { told, gone, undo: undo?.action, name: classes[0]?.name, left: kshot.support };
  });
  expect(looks.told).toEqual([
    [3, 2],
    [0, 2],
    [0, 0],
  ]);
  expect(looks).toMatchObject({ gone: null, undo: "rename_class", name: "mug", left: { undo: null } });
  expect(looks.left.classes.map(({ name }) => name)).toEqual(["cup", "ball"]);
});

test("a shot that comes back has its embedding and its picture, however much was done since", async ({
  api,
}) => {
  const same = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    const shot = await kshot.addShot(cup, await pictures.photo("cup-01"));
    const look = () => [kshot.embedding(shot)?.join(), kshot.thumbnail(shot)?.size];
    const before = look();
    await kshot.removeShot(shot);
    const step = kshot.newStep();
    // More changes than there are steps, by far.
    for (let i = 0; i < 1_200; i++) await kshot.enableClass(cup, i % 2 > 0, { step });
    await kshot.undo();
    await kshot.undo();
    const after = look();
    await kshot.undo();
    return { back: JSON.stringify(before) === JSON.stringify(after), gone: look() };
  });
  expect(same).toEqual({ back: true, gone: [undefined, undefined] });
});

test("a state that is exported and restored elsewhere gives the same answers to the last bit", async ({
  api,
}) => {
  const [before, after, disposed] = await api.evaluate(async () => {
    const { KShot, pictures, codeOf } = window.api;
    const first = await KShot.load({ backend: "cpu" });
    for (const name of ["cup", "football", "laptop"]) {
      const id = await first.addClass(name);
      for (const n of [1, 2, 3]) await first.addShot(id, await pictures.photo(`${name}-0${n}`));
    }
    await first.enableClass(first.support.classes[2]?.id ?? 0, false);
    await first.setSettings({ metric: "cosine", threshold: 0.41, temperature: 0.2 });
    const ask = async (kshot: typeof first) => {
      const all: unknown[] = [];
      for (const name of ["cup-05", "football-06", "laptop-07", "panda-01"]) {
        const answer = await kshot.classify(await pictures.photo(name));
        const place = kshot.support.classes.findIndex(({ id }) => id === answer?.best);
        all.push([
          place,
          answer?.threshold,
          answer?.scores.map(({ name, similarity, probability }) => [name, similarity, probability]),
        ]);
      }
      return all;
    };
    const answers = await ask(first);
    const state = structuredClone(first.exportState());
    first.dispose();
    first.dispose();
    const code = await codeOf(() => first.addClass("late"));
    const second = await KShot.load({ backend: "cpu" });
    await second.restoreState(state);
    return [answers, await ask(second), code];
  });
  expect(after).toEqual(before);
  expect(disposed).toBe("disposed");
});

test("the newest picture wins, and a picture that was overtaken is told as null", async ({ api }) => {
  const answers = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    const ball = await kshot.addClass("ball");
    await kshot.addShot(cup, await pictures.photo("cup-01"));
    await kshot.addShot(ball, await pictures.photo("football-01"));
    const names = ["cup-02", "cup-03", "cup-04", "football-02"];
    const frames = await Promise.all(
      names.map(async (name) => createImageBitmap(await pictures.photo(name))),
    );
    const all = await Promise.all(frames.map((frame) => kshot.classify(frame)));
    return { ball, all };
  });
  expect(answers.all[0], "the first was under way").not.toBeNull();
  expect(answers.all.slice(1, 3), "those between were overtaken").toEqual([null, null]);
  expect(answers.all[3]).toMatchObject({ best: answers.ball });
});

test("a hundred classes answer, and one that is switched off does not", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const photo = await createImageBitmap(await pictures.photo("cup-01"));
    const { embedder } = kshot;
    // A hundred directions: unit vectors with a few numbers each, and the photo's own as the last.
    const own = await kshot.embed(photo);
    const shots = Array.from({ length: 99 }, (_, i) => {
      const shot = new Float32Array(embedder.dimensions);
      for (let j = 0; j < 4; j++) shot[i * 9 + j] = 0.5;
      return shot;
    });
    const { settings } = kshot.exportState();
    await kshot.restoreState({
      format: "kshot-state",
      version: 1,
      embedder,
      settings,
      classes: [...shots, own].map((shot, i) => ({ name: `class ${i}`, enabled: true, shots: [shot, shot] })),
    });
    const all = await kshot.classify(photo);
    const last = kshot.support.classes[99]?.id ?? -1;
    await kshot.enableClass(last, false);
    const without = await kshot.answer();
    return {
      last,
      best: all?.best,
      count: all?.scores.length,
      head: all?.timing.head,
      without: without?.scores.length,
    };
  });
  expect(told).toMatchObject({ best: told.last, count: 100, without: 99 });
});

test("what cannot be done is refused by its code, and changes nothing", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures, codeOf } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    await kshot.addShot(cup, await pictures.photo("cup-01"));
    const before = JSON.stringify([kshot.support.classes, kshot.settings]);
    const state = kshot.exportState();
    const photo = await pictures.photo("cup-02");
    const codes = {
      "an empty name": await codeOf(() => kshot.addClass("  ")),
      "a new name that is empty": await codeOf(() => kshot.renameClass(cup, "")),
      "an unknown class": await codeOf(() => kshot.addShot(9999, photo)),
      "an unknown class to rename": await codeOf(() => kshot.renameClass(9999, "x")),
      "an unknown shot": await codeOf(() => kshot.removeShot(9999)),
      "a threshold of 2": await codeOf(() => kshot.setSettings({ threshold: 2 })),
      "a temperature of 0": await codeOf(() => kshot.setSettings({ temperature: 0 })),
      "no state": await codeOf(() => kshot.restoreState({} as typeof state)),
      "a short embedding": await codeOf(() =>
        kshot.restoreState({
          ...state,
          classes: [{ name: "x", enabled: true, shots: [new Float32Array(3)] }],
        }),
      ),
      "another network, without photos": await codeOf(() =>
        kshot.restoreState({
          ...state,
          embedder: { ...state.embedder, sha256: "0".repeat(64) },
          classes: state.classes.map(({ thumbnails: _, ...entry }) => entry),
        }),
      ),
    };
    return { codes, same: JSON.stringify([kshot.support.classes, kshot.settings]) === before };
  });
  expect(told.codes).toEqual({
    "an empty name": "name_empty",
    "a new name that is empty": "name_empty",
    "an unknown class": "class_unknown",
    "an unknown class to rename": "class_unknown",
    "an unknown shot": "shot_unknown",
    "a threshold of 2": "setting_invalid",
    "a temperature of 0": "setting_invalid",
    "no state": "state_invalid",
    "a short embedding": "state_invalid",
    "another network, without photos": "state_other_embedder",
  });
  expect(told.same, "nothing changed").toBe(true);
});

test("settings, device, space, memory and events tell what is in force", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const steps: string[] = [];
    const statuses: string[] = [];
    const kshot = await KShot.load({
      backend: "cpu",
      onProgress: ({ step }) => steps.push(step),
      onStatus: (status) => statuses.push(status),
    });
    let heard = 0;
    const stop = kshot.on("support", () => heard++);
    const cup = await kshot.addClass("cup");
    await kshot.addShot(cup, await pictures.photo("cup-01"));
    await kshot.addShot(cup, await pictures.photo("cup-03"));
    stop();
    await kshot.renameClass(cup, "mug");
    await kshot.classify(await pictures.photo("cup-02"));
    const kinds = (await kshot.space()).map(({ kind }) => kind).sort();
    const set = await kshot.setSettings({ metric: "cosine", threshold: 0.25 });
    const { wasmBytes } = await kshot.memory();
    const { backend } = kshot.device;
    kshot.dispose();
    return {
      steps: [...new Set(steps)],
      statuses,
      heard,
      kinds,
      set,
      wasmBytes,
      backend,
      dimensions: kshot.embedder.dimensions,
    };
  });
  expect(told.steps).toEqual(expect.arrayContaining(["module", "weights", "build"]));
  expect(told.statuses).toEqual(["loading", "ready", "idle"]);
  expect(told.heard).toBe(3);
  expect(told.kinds).toEqual(["prototype", "query", "shot", "shot"]);
  expect(told.set).toMatchObject({ metric: "cosine", threshold: 0.25, temperature: "auto" });
  expect(told.wasmBytes).toBeLessThan(128e6);
  expect(told).toMatchObject({ backend: "cpu", dimensions: 1280 });
});

test("WebGPU that is asked for and absent is refused, and the CPU goes on", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures, codeOf } = window.api;
    const named = await codeOf(() => KShot.load({ backend: "webgpu" }));
    const kshot = await KShot.load({ backend: "cpu" });
    const chosen = await codeOf(() => kshot.chooseBackend("webgpu"));
    const embedding = await kshot.embed(await pictures.photo("cup-01"));
    return { named, chosen, length: embedding.length, backend: kshot.device.backend };
  });
  expect(told).toEqual({
    named: "webgpu_unavailable",
    chosen: "webgpu_unavailable",
    length: 1280,
    backend: "cpu",
  });
});

test("support sets beside each other share one worker and nothing else", async ({ api }) => {
  const result = await api.evaluate(async () => {
    const { KShot, codeOf, pictures } = window.api;
    const [cup, football] = [await pictures.photo("cup-01"), await pictures.photo("football-01")];
    const first = await KShot.load({ backend: "cpu" });
    const second = first.beside();
    const cups = await first.addClass("cup");
    const balls = await second.addClass("football");
    await first.addShot(cups, cup);
    await second.addShot(balls, football);
    await second.setSettings({ method: "siamese", threshold: 0.9 });
    const names = async (kshot: typeof first) => (await kshot.classify(cup))?.scores.map(({ name }) => name);
    const asked = [await names(first), await names(second), await names(first)];
    const settings = [first.settings.method, second.settings.method];
    await second.undo();
    const left = [first.support.classes[0]?.shots.length, second.support.classes[0]?.shots.length];
    first.dispose();
    const gone = await codeOf(() => first.addClass("cup"));
    await second.addShot(balls, football);
    const after = await names(second);
    second.dispose();
    return { asked, settings, left, gone, after, ended: await codeOf(() => second.addClass("cup")) };
  });
  expect(result).toEqual({
    asked: [["cup"], ["football"], ["cup"]],
    settings: ["ridge", "siamese"],
    left: [1, 0],
    gone: "disposed",
    after: ["football"],
    ended: "disposed",
  });
});

test("a trained method is set, saved and taken in again, and is refused what it was not made for", async ({
  api,
}) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const missing = await codeOf(() => kshot.loadMethods({ weightsUrl: "http://localhost:1/" }));
    const damaged = await codeOf(() => kshot.loadMethods({ weightsUrl: location.href }));
    const before = kshot.settings.method;
    const cup = await kshot.addClass("cup");
    const ball = await kshot.addClass("ball");
    await kshot.addShot(cup, await pictures.photo("cup-01"));
    await kshot.addShot(ball, await pictures.photo("football-01"));
    const counts: [number, number][] = [];
    await kshot.loadMethods({ onProgress: (loaded, total) => counts.push([loaded, total]) });
    const { method } = await kshot.setSettings({ method: "mann" });
    const answer = await kshot.classify(await pictures.photo("football-07"));
    const other = kshot.beside();
    await other.restoreState(kshot.exportState());
    const again = await other.classify(await pictures.photo("football-07"));
    const kept = other.settings.method;
    for (let i = 2; i < 21; i++) {
      const id = await other.addClass(`${i}`);
      await other.addShot(id, await pictures.photo("cup-02"));
    }
    const fewer = await codeOf(() => other.answer());
    await other.setSettings({ method: "relation" });
    const scores = (await other.answer())?.scores.length;
    return { missing, damaged, before, ball, counts, method, answer, again, kept, fewer, scores };
  });
  expect(told).toMatchObject({
    missing: "weights_unavailable",
    damaged: "weights_damaged",
    before: "ridge",
    method: "mann",
    kept: "mann",
    fewer: "method_takes_fewer",
    scores: 21,
  });
  expect(told.answer?.best).toBe(told.ball);
  const [loaded, total] = told.counts.at(-1) ?? [0, 1];
  expect(loaded).toBe(total);
  const probabilities = (of: typeof told.answer) => of?.scores.map(({ probability }) => probability);
  expect(probabilities(told.again)).toEqual(probabilities(told.answer));
});
