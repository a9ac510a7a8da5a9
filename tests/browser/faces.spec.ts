/** Faces by their API, on real photos: people are enrolled, accepted, refused, kept over a crash and forgotten. */
import { expect, test } from "./test.ts";

const PEOPLE = ["p05", "p15", "p21", "p25"];

test("people are enrolled from photos, known again, and strangers are refused", async ({ api }) => {
  const told = await api.evaluate(async (people) => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const ids: number[] = [];
    const taken: boolean[] = [];
    for (const person of people) {
      const id = await faces.addPerson(person);
      ids.push(id);
      for (const number of [1, 2])
        taken.push((await faces.addPhoto(id, await pictures.photo(`caltech-${person}-${number}`))).taken);
    }
    const right: boolean[] = [];
    for (const [place, person] of people.entries()) {
      await faces.look(await pictures.photo(`caltech-${person}-3`));
      const recognition = await faces.recognise();
      right.push(recognition?.best === ids[place]);
      for (const id of ids) right.push((await faces.verify(id))?.same === (id === ids[place]));
    }
    const look = await faces.look(await pictures.photo("biden-1"));
    const stranger = await faces.recognise();
    const somebody = await faces.addPhoto(ids[0] ?? 0, await pictures.photo("biden-1"));
    return {
      taken,
      right,
      look,
      stranger,
      somebody: [somebody.taken, somebody.advice],
      people: faces.people,
    };
  }, PEOPLE);
  expect(told.taken).toEqual(Array(8).fill(true));
  expect(told.right).toEqual(Array(20).fill(true));
  expect(told.look?.faces).toHaveLength(1);
  expect(told.look?.advice).toBe("ready");
  expect(told.stranger?.best).toBeNull();
  expect(told.stranger?.scores).toHaveLength(4);
  expect(told.somebody).toEqual([false, "another_person"]);
  expect(told.people.people.map(({ shots }) => shots.length)).toEqual([2, 2, 2, 2]);
});

test("what is no good face is advice and not an error", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const advice: Record<string, string | undefined> = {};
    for (const name of ["chelsea", "coffee", "obama-half", "caltech-dark", "obama-1"])
      advice[name] = (await faces.look(await pictures.photo(name)))?.advice;
    const none = await faces.look(await pictures.photo("chelsea"));
    return { advice, none, verdict: await faces.recognise() };
  });
  expect(told.advice).toEqual({
    chelsea: "no_face",
    coffee: "no_face",
    "obama-half": "half_face",
    "caltech-dark": "too_dark",
    "obama-1": "ready",
  });
  expect(told.none).toMatchObject({ faces: [], pose: null, quality: null, embedding: null });
  expect(told.verdict).toBeNull();
});

test("enrolment keeps its shots when somebody else steps in, and can be finished early", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const codes = [await codeOf(() => faces.enrolFrame(new ImageData(64, 64))), "", ""];
    codes[1] = await codeOf(() => faces.startEnrolment({ name: " " }));
    codes[2] = await codeOf(() => faces.startEnrolment({ personId: 99 }));
    const begun = await faces.startEnrolment({ name: "Owner" });
    const first = await faces.enrolFrame(await pictures.photo("caltech-p05-1"));
    const other = await faces.enrolFrame(await pictures.photo("caltech-p15-1"));
    const again = await faces.enrolFrame(await pictures.photo("caltech-p05-2"));
    const id = await faces.finishEnrolment();
    return { codes, begun, first, other, again, id, people: faces.people, held: await faces.held() };
  });
  expect(told.codes).toEqual(["enrolment_missing", "name_empty", "person_unknown"]);
  expect(told.begun.segments).toHaveLength(9);
  expect(told.first).toMatchObject({ taken: 0, at: 0, enrolment: { shots: 1 } });
  expect(told.other).toMatchObject({ taken: null, advice: "another_person", enrolment: { shots: 1 } });
  expect(told.again?.advice).not.toBe("another_person");
  expect(told.people.people).toMatchObject([{ id: told.id, name: "Owner" }]);
  expect(told.held).toMatchObject({ people: 1, enrolmentShots: 0, lastLook: true });
});

test("people can be kept and restored, and nobody outlives being forgotten", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const owner = await faces.addPerson("Owner");
    await faces.addPhoto(owner, await pictures.photo("obama-1"));
    const saved = faces.exportPeople();
    await faces.look(await pictures.photo("obama-3"));
    const before = await faces.verify(owner);
    await faces.removePerson(owner);
    await faces.undo();
    const forgotten = await faces.forgetEverything();
    const nobody = await codeOf(() => faces.verify(owner));
    await faces.restorePeople(saved);
    const [again] = faces.people.people;
    await faces.look(await pictures.photo("obama-3"));
    const after = await faces.verify(again?.id ?? -1);
    const other = { ...saved, embedder: { ...saved.embedder, sha256: "0" } };
    const refused = await codeOf(() => faces.restorePeople(other));
    return { before, after, forgotten, nobody, refused };
  });
  expect(told.before?.same).toBe(true);
  expect(told.after?.similarity).toBeCloseTo(told.before?.similarity ?? 0, 6);
  expect(told.forgotten).toEqual({
    people: 0,
    shots: 0,
    undo: 0,
    enrolmentShots: 0,
    lastLook: false,
    challenge: false,
    bytes: 0,
  });
  expect(told.nobody).toBe("person_unknown");
  expect(told.refused).toBe("state_other_embedder");
});

test("people outlive the worker under the same ids, and so do an enrolment, the threshold and failures", async ({
  api,
}) => {
  const before = await api.evaluate(async () => {
    const { KShot, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const gone = await faces.addPerson("Gone");
    await faces.removePerson(gone);
    const owner = await faces.addPerson("Owner");
    for (const name of ["obama-1", "obama-2"]) await faces.addPhoto(owner, await pictures.photo(name));
    await faces.look(await pictures.photo("obama-3"));
    const verdict = await faces.verify(owner);
    await faces.setThreshold(0.3);
    const photo = await pictures.photo("caltech-p05-1");
    for (let i = 0; i < 3; i++) {
      await faces.startChallenge({ seconds: 0.001 });
      await faces.challengeFrame(photo);
    }
    await faces.startEnrolment({ name: "Ada", passes: 2 });
    await faces.enrolFrame(photo);
    const statuses: string[] = [];
    kshot.on("status", (status) => statuses.push(status));
    Object.assign(window, { faces, owner, statuses });
    return { owner, people: faces.people.people, verdict };
  });
  const [worker] = api.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("ended by the test");
    });
  });
  await expect
    .poll(() => api.evaluate(() => Reflect.get(window, "statuses")), { timeout: 60_000 })
    .toEqual(["recovering", "ready"]);
  const after = await api.evaluate(async () => {
    const { pictures } = window.api;
    const [faces, owner] = [Reflect.get(window, "faces"), Reflect.get(window, "owner")];
    const stranger = await faces.enrolFrame(await pictures.photo("caltech-p15-1"));
    const { failures } = await faces.startChallenge({ seconds: 0.001 });
    await faces.challengeFrame(await pictures.photo("obama-3"));
    await faces.startChallenge({ seconds: 0.001 });
    const fifth = await faces.challengeFrame(await pictures.photo("obama-3"));
    await faces.look(await pictures.photo("obama-3"));
    const verdict = await faces.verify(owner);
    const ada = await faces.finishEnrolment();
    await faces.look(await pictures.photo("caltech-p05-2"));
    const known = (await faces.recognise())?.best === ada;
    const next = await faces.addPerson("Next");
    const locked = fifth?.challenge.lockedFor;
    return { verdict, next, stranger, failures, locked, known, people: faces.people.people };
  });
  expect(before.verdict?.same).toBe(true);
  expect(after.verdict).toEqual({ ...before.verdict, threshold: expect.closeTo(0.3, 6) });
  expect(after.stranger).toMatchObject({
    advice: "another_person",
    enrolment: { name: "Ada", passes: 2, shots: 1 },
  });
  expect(after.failures).toBe(3);
  expect(after.locked, "five in a row lock, over two engines").toBeGreaterThan(20);
  expect(after.known, "by the shot from before").toBe(true);
  expect(after.people[1]).toMatchObject({ name: "Ada", shots: [expect.any(Number)] });
  expect(after.people[0]).toMatchObject({ id: before.owner, name: "Owner" });
  expect(after.people[0].shots).toHaveLength(2);
  expect(after.next).toBeGreaterThan(before.owner);
});

test("a threshold says what it costs, by the scores that ship", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const scores = await faces.scores();
    const auto = faces.threshold;
    const open = await faces.setThreshold(-1);
    const shut = await faces.setThreshold(1);
    const code = await codeOf(() => faces.setThreshold(2));
    return { scores, auto, open, shut, code, again: await faces.setThreshold("auto") };
  });
  const { scores, auto } = told;
  const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
  expect(sum(scores.genuine)).toBe(scores.genuinePairs);
  expect(sum(scores.impostor)).toBe(scores.impostorPairs);
  expect(scores.rates).toHaveLength(scores.genuine.length + 1);
  expect(scores.equalErrorRate).toBeLessThan(0.01);
  expect(auto.auto).toBe(true);
  expect(auto.threshold).toBeCloseTo(scores.autoThreshold, 6);
  expect(auto.falseAccept).toBeLessThanOrEqual(0.001);
  expect(told.open).toMatchObject({ auto: false, falseAccept: 1, falseReject: 0 });
  expect(told.shut).toMatchObject({ auto: false, falseAccept: 0, falseReject: 1 });
  expect(told.code).toBe("setting_invalid");
  expect(told.again).toEqual(auto);
});

test("a challenge waits for turns, and too late is too late", async ({ api }) => {
  const told = await api.evaluate(async () => {
    const { KShot, codeOf, pictures } = window.api;
    const kshot = await KShot.load({ backend: "cpu" });
    const faces = await kshot.openFaces();
    const missing = await codeOf(() => faces.challengeFrame(new ImageData(64, 64)));
    const photo = await pictures.photo("obama-1");
    const begun = await faces.startChallenge({ seconds: 120 });
    const straight = await faces.challengeFrame(photo);
    const ends: (string | undefined)[] = [];
    for (let i = 0; i < 5; i++) {
      await faces.startChallenge({ seconds: 0.001 });
      ends.push((await faces.challengeFrame(photo))?.challenge.failure ?? undefined);
    }
    const locked = await faces.startChallenge();
    return { missing, begun, straight: straight?.challenge, ends, locked };
  });
  expect(told.missing).toBe("challenge_missing");
  expect(told.begun.state).toBe("centre");
  expect([...told.begun.turns].sort()).toEqual(["left", "right"]);
  expect(told.straight?.state).toBe("turn");
  expect(told.ends).toEqual(Array(5).fill("too_late"));
  expect(told.locked.state).toBe("locked");
  expect(told.locked.lockedFor).toBeGreaterThan(20);
});
