/** The `.kshot` file by the API: the same answers to the last bit, another network, and every way to be refused. */

import type { Page } from "@playwright/test";
import { endWorker } from "./end-worker.ts";
import { expect, test } from "./test.ts";

/** Makes a KShot with two classes, settings of its own and its file, in the page. */
async function prepare(api: Page): Promise<void> {
  await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const cup = await kshot.addClass("cup");
    const ball = await kshot.addClass("足球 ⚽");
    for (const name of ["cup-01", "cup-02", "cup-03"]) await kshot.addShot(cup, await pictures.photo(name));
    for (const name of ["football-01", "football-02"]) await kshot.addShot(ball, await pictures.photo(name));
    await kshot.enableClass(ball, true);
    await kshot.setSettings({ method: "siamese", metric: "cosine", temperature: 0.07 });
    window.kept = { kshot, file: await kshot.exportFile() };
  });
}

declare global {
  interface Window {
    kept: { kshot: Awaited<ReturnType<typeof window.api.KShot.load>>; file: Blob };
  }
}

test("export, then import elsewhere: the same answers to the last bit, and every photo", async ({ api }) => {
  await prepare(api);
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const { kshot, file } = window.kept;
    const other = await KShot.load({ backend: "cpu" });
    const report = await other.importFile(file);
    const bytes = async (blob: Blob | null) => [...new Uint8Array((await blob?.arrayBuffer()) ?? [])].join();
    const photosOf = (one: typeof kshot) =>
      Promise.all(
        one.support.classes.flatMap(({ shots }) => shots.map((shot) => bytes(one.thumbnail(shot)))),
      );
    const answersOf = async (one: typeof kshot) => {
      const answers = [];
      for (const name of ["cup-05", "football-07", "sunflower-01"]) {
        const answer = await one.classify(await pictures.photo(name));
        const best = answer?.scores.find(({ classId }) => classId === answer.best)?.name ?? null;
        const scores = answer?.scores.map(({ name, similarity, probability }) => [
          name,
          similarity,
          probability,
        ]);
        answers.push({ best, scores, threshold: answer?.threshold, scale: answer?.scale });
      }
      return answers;
    };
    const photos = await photosOf(kshot);
    return {
      report,
      type: file.type,
      answers: [await answersOf(kshot), await answersOf(other)],
      settings: [kshot.settings, other.settings],
      samePhotos: JSON.stringify(photos) === JSON.stringify(await photosOf(other)),
      photos: photos.map((one) => one.length > 1000),
      sameFile: (await bytes(await other.exportFile())) === (await bytes(file)),
    };
  });
  expect(told.report).toEqual({ classes: 2, shots: 5, embeddedAnew: 0, lost: 0 });
  expect(told.type).toBe("application/x-kshot");
  expect(told.answers[1], "JSON keeps every bit of a number").toEqual(told.answers[0]);
  expect(told.answers[0]?.map(({ best }) => best)).toEqual(["cup", "足球 ⚽", null]);
  expect(told.settings[1]).toEqual(told.settings[0]);
  expect(told.photos).toEqual(Array(5).fill(true));
  expect(told).toMatchObject({ samePhotos: true, sameFile: true });
});

test("what an engine that failed for good had, another writes to the same file", async ({ api }) => {
  await prepare(api);
  await api.evaluate(() => {
    const statuses: string[] = [];
    window.kept.kshot.on("status", (status) => statuses.push(status));
    Object.assign(window, { statuses });
  });
  const statuses = () => api.evaluate(() => (window as unknown as { statuses: string[] }).statuses.join());
  for (const expected of ["recovering,ready", "recovering,ready,failed"]) {
    await endWorker(api);
    await expect.poll(statuses).toBe(expected);
  }
  const same = await api.evaluate(async () => {
    const { kshot, file } = window.kept;
    const other = await window.api.KShot.load({ backend: "cpu" });
    const [before, after] = await Promise.all(
      [file, await other.writeFile(kshot.exportState())].map(async (one) =>
        new Uint8Array(await one.arrayBuffer()).join(),
      ),
    );
    return before === after;
  });
  expect(same, "the files are equal").toBe(true);
});

test("replace and add, each taken back in one step, settings too", async ({ api }) => {
  await prepare(api);
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const own = await kshot.addClass("cup");
    await kshot.addShot(own, await pictures.photo("cup-06"));
    const before = JSON.stringify([kshot.support.classes, kshot.settings]);
    const look = () => ({
      classes: kshot.support.classes.map(({ name, shots }) => `${name} ${shots.length}`),
      method: kshot.settings.method,
      undo: kshot.support.undo?.action,
    });
    await kshot.importFile(window.kept.file, { mode: "add" });
    const added = { ...look(), kept: kshot.support.classes[0]?.id === own };
    await kshot.undo();
    const afterAdd = JSON.stringify([kshot.support.classes, kshot.settings]) === before;
    await kshot.importFile(window.kept.file, { mode: "replace" });
    const replaced = look();
    await kshot.undo();
    const afterReplace = JSON.stringify([kshot.support.classes, kshot.settings]) === before;
    return { added, replaced, afterAdd, afterReplace };
  });
  expect(told.added).toEqual({
    classes: ["cup 1", "cup 3", "足球 ⚽ 2"],
    method: "ridge",
    undo: "append",
    kept: true,
  });
  expect(told.replaced).toEqual({ classes: ["cup 3", "足球 ⚽ 2"], method: "siamese", undo: "restore" });
  expect(told).toMatchObject({ afterAdd: true, afterReplace: true });
});

test("shots of another network are embedded anew from their photos, close to what they were", async ({
  api,
}) => {
  await prepare(api);
  const told = await api.evaluate(async () => {
    const { KShot, pictures, codeOf } = window.api;
    const { kshot, file } = window.kept;
    // The same file, said to be of a network with other weights.
    const bytes = new Uint8Array(await file.arrayBuffer());
    bytes.fill(0xab, 40, 72);
    const end = bytes.length - 32;
    bytes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.subarray(0, end))), end);
    const other = await KShot.load({ backend: "cpu" });
    const steps: string[] = [];
    const report = await other.importFile(new Blob([bytes]), {
      onProgress: (done, total) => steps.push(`${done}/${total}`),
    });
    const answer = await other.classify(await pictures.photo("cup-05"));
    const embeddings = (one: typeof kshot) => one.exportState().classes.flatMap(({ shots }) => shots);
    const was = embeddings(kshot);
    const cosines = embeddings(other).map((a, i) => a.reduce((sum, x, j) => sum + x * (was[i]?.[j] ?? 0), 0));
    const state = kshot.exportState();
    const foreign = { ...state, embedder: { ...state.embedder, sha256: "0".repeat(64) } };
    const bare = { ...foreign, classes: state.classes.map(({ thumbnails: _, ...rest }) => rest) };
    const before = JSON.stringify(other.support);
    const code = await codeOf(() => other.restoreState(bare));
    const [first, ...rest] = foreign.classes;
    const half = {
      ...foreign,
      classes: [{ ...first, thumbnails: [null, null, new Blob(["no picture"])] }, ...rest],
    } as typeof state;
    const kept = JSON.stringify(other.support) === before;
    return {
      report,
      steps,
      cosines,
      best: answer?.scores[0],
      code,
      kept,
      half: await other.restoreState(half),
    };
  });
  expect(told.report).toEqual({ classes: 2, shots: 5, embeddedAnew: 5, lost: 0 });
  expect(told.steps).toEqual(["1/5", "2/5", "3/5", "4/5", "5/5"]);
  // docs/kshot-file.md, "Thumbnails", has how close they are.
  for (const cosine of told.cosines) expect(cosine).toBeGreaterThan(0.94);
  expect(told.best).toMatchObject({ name: "cup" });
  expect(told).toMatchObject({ code: "state_other_embedder", kept: true });
  expect(told.half).toEqual({ classes: 2, shots: 2, embeddedAnew: 2, lost: 3 });
});

test("a file that is wrong is refused by its code, and nothing changes", async ({ api }) => {
  await prepare(api);
  const told = await api.evaluate(async () => {
    const { codeOf } = window.api;
    const { kshot, file } = window.kept;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const end = bytes.length - 32;
    const patched = async (at: number, values: number[], sealed = true) => {
      const copy = bytes.slice();
      copy.set(values, at);
      if (sealed) {
        const digest = await crypto.subtle.digest("SHA-256", copy.subarray(0, end));
        copy.set(new Uint8Array(digest), end);
      }
      return new Blob([copy]);
    };
    const before = JSON.stringify([kshot.support.classes, kshot.settings]);
    const files: Record<string, Blob> = {
      "an empty file": new Blob([]),
      "a photo": await window.api.pictures.photo("cup-01"),
      "half of it": file.slice(0, file.size / 2),
      "all but a byte": file.slice(0, file.size - 1),
      "a byte more": new Blob([file, "x"]),
      "a flipped bit": await patched(5000, [(bytes[5000] ?? 0) ^ 1], false),
      "version 2": await patched(8, [2, 0]),
      faces: await patched(10, [1]),
      "an unknown method": await patched(11, [9]),
      "2^32 - 1 shots": await patched(28, [255, 255, 255, 255]),
    };
    const codes: Record<string, string> = {};
    for (const [name, one] of Object.entries(files)) codes[name] = await codeOf(() => kshot.importFile(one));
    const same = JSON.stringify([kshot.support.classes, kshot.settings]) === before;
    const again = await kshot.importFile(file);
    return { codes, same, again };
  });
  expect(told.codes).toEqual({
    "an empty file": "file_not_kshot",
    "a photo": "file_not_kshot",
    "half of it": "file_cut_off",
    "all but a byte": "file_cut_off",
    "a byte more": "file_damaged",
    "a flipped bit": "file_damaged",
    "version 2": "file_version",
    faces: "file_other_kind",
    "an unknown method": "file_invalid",
    "2^32 - 1 shots": "file_too_large",
  });
  expect(told.same).toBe(true);
  expect(told.again, "the good one still goes in").toMatchObject({ shots: 5 });
});

test("a class that would not fit is refused with all of its file", async ({ api }) => {
  await prepare(api);
  const told = await api.evaluate(async () => {
    const { kshot, file } = window.kept;
    const state = kshot.exportState();
    const empty = { name: "x", enabled: true, shots: [] };
    await kshot.restoreState({ ...state, classes: Array(999).fill(empty) });
    const code = await window.api.codeOf(() => kshot.importFile(file, { mode: "add" }));
    return { code, classes: kshot.support.classes.length };
  });
  expect(told).toEqual({ code: "too_many_classes", classes: 999 });
});

test("a thumbnail says of every photo what the photo says", async ({ api }, info) => {
  const cosines = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const all = await kshot.addClass("all");
    const names = ["astronaut", "coffee", "chelsea", "rocket"];
    for (const name of ["cup", "football", "laptop", "umbrella"])
      for (let n = 1; n <= 8; n++) names.push(`${name}-0${n}`);
    const told: number[] = [];
    for (const name of names) {
      const shot = await kshot.addShot(all, await pictures.photo(name));
      const was = kshot.exportState().classes[0]?.shots.at(-1);
      const again = await kshot.embed(kshot.thumbnail(shot) as Blob);
      told.push(again.reduce((sum, x, i) => sum + x * (was?.[i] ?? 0), 0));
    }
    return told;
  });
  expect(cosines).toHaveLength(36);
  // The first four are resized to 224 pixels, the others are 128 pixels high or wide and stay as they are.
  for (const [size, told] of [
    ["224 pixels", cosines.slice(0, 4)],
    ["128 pixels", cosines.slice(4)],
  ] as const) {
    const sorted = told.toSorted((a, b) => a - b);
    const [lowest = 0, median = 0] = [sorted[0], sorted[sorted.length >> 1]];
    info.annotations.push({ type: `cosine at ${size}`, description: `lowest ${lowest}, median ${median}` });
    expect(lowest, size).toBeGreaterThan(0.97);
    expect(median, size).toBeGreaterThan(0.985);
  }
});
