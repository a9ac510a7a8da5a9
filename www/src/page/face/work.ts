/**
 * What the face page is doing: one task at a time with the pictures that come, what was seen last, and what is
 * said of it. The engine finds, takes and decides; this asks it, and tells the views.
 */
import { asKShotError, KShotError } from "../../errors.ts";
import { Events } from "../../events.ts";
import type {
  Challenge,
  Enrolment,
  EnrolmentOptions,
  EnrolmentStep,
  Held,
  Look,
  Person,
  Recognition,
  ScoreDistribution,
  Verdict,
} from "../../face-types.ts";
import type { Faces } from "../../faces.ts";
import type { FrameSource } from "../../types.ts";
import { Gate } from "./gate.ts";

/** What is done with the pictures that come. */
export type Task = "answer" | "enrol" | "challenge";

/** Is it this person, or which of the people is it? */
export type Mode = "verify" | "recognise";

/** What one picture showed, and what is said of it. */
export interface Seen {
  look: Look;
  step: EnrolmentStep | null;
  challenge: Challenge | null;
  verdict: Verdict | null;
  recognition: Recognition | null;
}

interface WorkEvents {
  /** Anything but what is seen: people, task, mode, threshold, the challenge. */
  change: undefined;
  /** Another picture, or none any more. */
  seen: Seen | null;
  /** An enrolment is through. */
  enrolled: Enrolment;
  error: KShotError;
}

export class FaceWork {
  readonly events = new Events<WorkEvents>();
  readonly gate = new Gate(() => this.events.emit("change", undefined));
  #faces: Faces | null = null;
  #failed = false;
  #scores: ScoreDistribution | null = null;
  #task: Task = "answer";
  #mode: Mode = "verify";
  #personId: number | null = null;
  #enrolment: Enrolment | null = null;
  #seen: Seen | null = null;
  #threshold: { next: number | "auto" | null; busy: boolean } = { next: null, busy: false };
  /** The last question; a frame that is on its way would leave its embedding behind what is forgotten. */
  #asked: Promise<unknown> = Promise.resolve();
  /** Counts what was forgotten: answers that were on their way are of people no longer here. */
  #turn = 0;

  /** The engine's faces; null until they are loaded. */
  get faces(): Faces | null {
    return this.#faces;
  }

  get task(): Task {
    return this.#task;
  }

  get mode(): Mode {
    return this.#mode;
  }

  get seen(): Seen | null {
    return this.#seen;
  }

  /** The enrolment under way, or null. */
  get enrolment(): Enrolment | null {
    return this.#enrolment;
  }

  get people(): readonly Person[] {
    return this.#faces?.people.people ?? [];
  }

  /** People who can be compared with. */
  get enrolled(): readonly Person[] {
    return this.people.filter(({ shots }) => shots.length > 0);
  }

  /** Whom verification is about; null while nobody is enrolled. */
  get person(): Person | null {
    const { enrolled } = this;
    return enrolled.find(({ id }) => id === this.#personId) ?? enrolled[0] ?? null;
  }

  /** The scores that ship with the app. */
  get scores(): ScoreDistribution | null {
    return this.#scores;
  }

  /** Takes loaded faces into use. */
  use(faces: Faces, scores: ScoreDistribution): void {
    this.#faces = faces;
    this.#scores = scores;
    this.#task = "answer";
    this.#enrolment = null;
    faces.on("people", () => this.#changed());
    this.#changed();
  }

  /** Whether the networks could not be had when that was last tried. */
  get failed(): boolean {
    return this.#failed;
  }

  set failed(failed: boolean) {
    this.#failed = failed;
    this.#changed();
  }

  /** Forgets faces that answer no more, until others take their place. */
  letGo(): void {
    this.#faces = null;
    this.#task = "answer";
    this.#enrolment = null;
    this.#changed();
  }

  /** Asks about one picture; null where there is nothing to say of it, or a newer one took its place. */
  ask(source: FrameSource): Promise<Seen | null> {
    const asked = this.#ask(source);
    this.#asked = asked.catch(() => null);
    return asked;
  }

  async #ask(source: FrameSource): Promise<Seen | null> {
    const faces = this.#faces;
    if (faces === null) return null;
    const [turn, task] = [this.#turn, this.#task];
    const nothing = { step: null, challenge: null, verdict: null, recognition: null };
    try {
      if (task === "enrol") {
        const step = await faces.enrolFrame(source);
        return step === null || turn !== this.#turn ? null : { ...nothing, look: step.look, step };
      }
      if (task === "challenge") {
        const step = await faces.challengeFrame(source);
        return step === null || turn !== this.#turn ? null : { ...nothing, ...step };
      }
      const look = await faces.look(source);
      if (look === null || turn !== this.#turn) return null;
      return { ...nothing, look, ...(await this.#decide(look)) };
    } catch (error) {
      // The enrolment or the challenge was ended while a frame was on its way to it, or the challenge was lost with
      // the engine: it is not gone on with, for nobody was looking meanwhile.
      const code = error instanceof KShotError ? error.code : null;
      if (code === "challenge_missing" && this.#task === "challenge") await this.#stopTask();
      if (code === "enrolment_missing" || code === "challenge_missing") return null;
      throw error;
    }
  }

  /** Shows what was seen; null when there is no picture any more. */
  show(seen: Seen | null): void {
    this.#seen = seen;
    if (seen?.step != null) this.#enrolment = seen.step.enrolment;
    if (seen?.challenge != null) this.gate.take(seen.challenge);
    this.gate.watch(seen?.look ?? null, seen?.verdict ?? null);
    this.events.emit("seen", seen);
    if (seen?.step?.enrolment.done) this.#endEnrolment(seen.step.enrolment);
    if (seen?.challenge != null && !this.gate.running) this.#setTask("answer");
  }

  setMode(mode: Mode): void {
    this.#mode = mode;
    this.#changed();
  }

  setPerson(id: number): void {
    this.#personId = id;
    this.gate.close();
    this.#changed();
  }

  async startEnrolment(options: EnrolmentOptions): Promise<void> {
    await this.#do(async (faces) => {
      await this.#stopTask();
      this.#enrolment = await faces.startEnrolment(options);
      this.#setTask("enrol");
    });
  }

  /** Ends with what has been taken so far. */
  async finishEnrolment(): Promise<void> {
    await this.#do(async (faces) => {
      const personId = await faces.finishEnrolment();
      if (this.#enrolment !== null) this.#endEnrolment({ ...this.#enrolment, personId });
    });
  }

  /** Breaks off an enrolment or a challenge. */
  async cancelTask(): Promise<void> {
    await this.#do(() => this.#stopTask());
  }

  async startChallenge(): Promise<void> {
    await this.#do(async (faces) => {
      const personId = this.person?.id;
      await this.#stopTask();
      this.gate.take(await faces.startChallenge(personId === undefined ? {} : { personId }));
      if (this.gate.running) this.#setTask("challenge");
    });
  }

  /** Sets the threshold; of many in a row the newest counts. */
  setThreshold(threshold: number | "auto"): void {
    this.#threshold.next = threshold;
    if (!this.#threshold.busy) void this.#sendThreshold();
  }

  async rename(id: number, name: string): Promise<void> {
    await this.#do((faces) => faces.renamePerson(id, name));
  }

  async remove(id: number): Promise<void> {
    await this.#do((faces) => faces.removePerson(id));
  }

  async undo(): Promise<void> {
    await this.#do((faces) => faces.undo());
  }

  /** Forgets everyone and what is on show; gives what the engine holds afterwards. */
  async forget(): Promise<Held | null> {
    this.#turn++;
    await this.#asked;
    return this.#do(async (faces) => {
      const held = await faces.forgetEverything();
      this.#enrolment = null;
      this.#personId = null;
      this.#seen = null;
      this.gate.close();
      this.#setTask("answer");
      this.events.emit("seen", null);
      return held;
    });
  }

  /** The last picture is decided anew where people, mode or threshold changed. */
  async decideAgain(): Promise<void> {
    const [seen, turn] = [this.#seen, this.#turn];
    if (seen === null || this.#task !== "answer" || this.#faces === null) return;
    const decided = await this.#do(() => this.#decide(seen.look));
    if (decided === null || turn !== this.#turn || this.#seen !== seen) return;
    this.show({ ...seen, ...decided, step: null, challenge: null });
  }

  async #decide(look: Look): Promise<Pick<Seen, "verdict" | "recognition">> {
    const { person } = this;
    const faces = this.#faces;
    if (faces === null || person === null || look.faces.length === 0)
      return { verdict: null, recognition: null };
    if (this.#mode === "verify") return { verdict: await faces.verify(person.id), recognition: null };
    return { verdict: null, recognition: await faces.recognise() };
  }

  async #stopTask(): Promise<void> {
    if (this.#task === "enrol") await this.#faces?.cancelEnrolment();
    if (this.#task === "challenge") await this.#faces?.endChallenge();
    this.#enrolment = null;
    this.gate.stop();
    this.#setTask("answer");
  }

  #endEnrolment(enrolment: Enrolment): void {
    this.#enrolment = null;
    this.#personId = enrolment.personId;
    this.gate.close();
    this.#setTask("answer");
    this.events.emit("enrolled", enrolment);
  }

  #setTask(task: Task): void {
    this.#task = task;
    this.#changed();
  }

  #changed(): void {
    this.events.emit("change", undefined);
    void this.decideAgain();
  }

  async #sendThreshold(): Promise<void> {
    this.#threshold.busy = true;
    while (this.#threshold.next !== null) {
      const { next } = this.#threshold;
      this.#threshold.next = null;
      await this.#do((faces) => faces.setThreshold(next));
      this.#changed();
    }
    this.#threshold.busy = false;
  }

  /** Runs a call; an error is told to the views, and gives null. */
  async #do<T>(call: (faces: Faces) => Promise<T>): Promise<T | null> {
    if (this.#faces === null) return null;
    try {
      return await call(this.#faces);
    } catch (error) {
      this.events.emit("error", asKShotError(error, "engine_crashed"));
      return null;
    }
  }
}
