/** The lab by its API: the same numbers as natively, tasks that are always the same, and what is refused. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "./test.ts";

const FIXTURE = fileURLToPath(new URL("../fixtures/lab.txt", import.meta.url));
const TOLERANCE = 1e-4;

test("every method gives the same probabilities as natively", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const lab = await kshot.openLab();
    const { classes } = await lab.task({ way: 5, shot: 2, queries: 1, alphabet: null, seed: 7 });
    const shots = classes.flatMap(({ shots }, classId) => shots.map((ink) => ({ classId, ink })));
    const lines: [string, number[]][] = [];
    for (const [place, { queries }] of classes.entries())
      for (const query of queries)
        for (const { method, probabilities } of (await lab.read(shots, query)).readings)
          lines.push([`${place} ${method}`, probabilities]);
    return lines;
  });
  const expected = readFileSync(FIXTURE, "utf8").trimEnd().split("\n");
  expect(told).toHaveLength(expected.length);
  for (const [i, line] of expected.entries()) {
    const [place, method, ...values] = line.split(" ");
    const [name, probabilities] = told[i] ?? ["", []];
    expect(name).toBe(`${place} ${method}`);
    expect(probabilities).toHaveLength(values.length);
    for (const [j, value] of values.entries())
      expect
        .soft(Math.abs((probabilities[j] ?? Number.NaN) - Number(value)), `${name}, class ${j}`)
        .toBeLessThanOrEqual(TOLERANCE);
  }
});

test("a seed gives the same task again, an episode the same counts, and what is asked for wrongly is refused", async ({
  api,
}) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const lab = await kshot.openLab();
    const shape = { way: 3, shot: 1, queries: 2, alphabet: 2, seed: 11 };
    const [first, again, other] = [
      await lab.task(shape),
      await lab.task(shape),
      await lab.task({ ...shape, seed: 12 }),
    ];
    const ink = first.classes[0]?.shots[0] ?? new Uint8Array();
    const codes = {
      "a way of 1": await codeOf(() => lab.task({ ...shape, way: 1 })),
      "more classes than the alphabet has": await codeOf(() => lab.task({ ...shape, way: 20, alphabet: 0 })),
      "more drawings than there are": await codeOf(() => lab.task({ ...shape, shot: 20 })),
      "an alphabet that there is not": await codeOf(() => lab.measure({ ...shape, alphabet: 99 }, 0)),
      "no shots": await codeOf(() => lab.read([], ink)),
      "ink of the wrong size": await codeOf(() => lab.read([{ classId: 0, ink }], new Uint8Array(5))),
      "an empty picture": await codeOf(() =>
        lab.inkOf(new ImageData(new Uint8ClampedArray(4 * 64).fill(255), 8)),
      ),
    };
    return {
      same: JSON.stringify(first) === JSON.stringify(again),
      differs: JSON.stringify(first) !== JSON.stringify(other),
      counts: [await lab.measure(shape, 3), await lab.measure(shape, 3)],
      alphabets: lab.alphabets,
      codes,
    };
  });
  expect(told).toMatchObject({ same: true, differs: true });
  expect(told.counts[0]?.queries).toBe(6);
  expect(told.counts[1]).toEqual(told.counts[0]);
  expect(told.alphabets).toHaveLength(13);
  expect(told.alphabets.reduce((sum, { characters }) => sum + characters, 0)).toBe(423);
  expect(told.codes).toEqual({
    "a way of 1": "episode_impossible",
    "more classes than the alphabet has": "episode_impossible",
    "more drawings than there are": "episode_impossible",
    "an alphabet that there is not": "setting_invalid",
    "no shots": "embedding_invalid",
    "ink of the wrong size": "picture_unreadable",
    "an empty picture": "drawing_empty",
  });
});
