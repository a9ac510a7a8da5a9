/**
 * Faces: finding, enrolling, verifying and recognising people, in the engine's worker. `KShot.openFaces` makes it.
 *
 * Pictures are never kept. The page's side keeps people's embeddings beside the worker's, so that a worker that
 * dies loses nobody, nor an enrolment under way; `forgetEverything` clears both.
 */
import weightsFile from "../../weights/faces.safetensors?url";
import { fileAt } from "./base-url.ts";
import { fetchWeights } from "./download.ts";
import type { Frame, StoredEnrolment } from "./engine.ts";
import { KShotError } from "./errors.ts";
import { Events } from "./events.ts";
import type {
  Challenge,
  ChallengeOptions,
  ChallengeStep,
  Enrolment,
  EnrolmentOptions,
  EnrolmentStep,
  FacesDevice,
  FacesState,
  FaceThreshold,
  Held,
  Look,
  People,
  PhotoStep,
  Rates,
  Recognition,
  ScoreDistribution,
  Verdict,
} from "./face-types.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { Call, Calls, PeopleReply, StoredFaces } from "./protocol.ts";
import type { Session } from "./session.ts";
import { isVideoFrame, takeFrame } from "./sources.ts";
import type { FrameSource } from "./types.ts";

/** How to open faces; everything has a default. */
export interface FacesOptions {
  /** Where the weights are, if not beside this script. Their SHA-256 is checked. */
  weightsUrl?: string;
  /** Bytes as they come; `total` is 0 where it is not known. */
  onProgress?(loaded: number, total: number): void;
}

/** What `Faces.on` can listen to. */
export interface FacesEvents {
  /** People or shots changed. */
  people: People;
  /** The threshold changed. */
  threshold: FaceThreshold;
  /** A device was chosen: behind the first answers, which come from the CPU, or with the engine's. */
  device: FacesDevice;
}

const opened = new WeakMap<Session, Promise<Faces>>();

/** Everyone who is enrolled, and what is asked of the camera. */
export class Faces {
  readonly #session: Session;
  readonly #frames = new FrameQueue();
  readonly #events = new Events<FacesEvents>();
  #people: People = { people: [], undo: null };
  #embeddings = new Float32Array();
  #embedder: FacesState["embedder"] | null = null;
  #threshold: FaceThreshold | null = null;
  #enrolment: Enrolment | null = null;
  #challenge: Challenge | null = null;
  #device: FacesDevice | null = null;
  /** With embeddings: what the next worker goes on with. */
  #kept: StoredEnrolment | null = null;
  /** Failed challenges in a row, and when a lock ends: they outlive the worker too. */
  #failures = 0;
  #lockEnds = 0;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** See `KShot.openFaces`. */
  static open(session: Session, options: FacesOptions): Promise<Faces> {
    const known = opened.get(session);
    if (known !== undefined) return known;
    const opening = Faces.#load(session, options);
    opened.set(session, opening);
    // So that it can be tried again.
    opening.catch(() => opened.delete(session));
    return opening;
  }

  static async #load(session: Session, options: FacesOptions): Promise<Faces> {
    const weights = await fetchWeights(
      options.weightsUrl ?? fileAt(weightsFile),
      options.weightsUrl === undefined ? __FACES_BYTES__ : 0,
      (loaded, total) => options.onProgress?.(loaded, total),
    );
    const faces = new Faces(session);
    const report = await session.loadFaces({
      weights,
      stored: () => faces.#stored(),
      onDevice: (device) => faces.#setDevice(device),
    });
    faces.#device = report.device;
    faces.#embedder = report.embedder;
    faces.#threshold = report.threshold;
    return faces;
  }

  /** Everyone, without embeddings. */
  get people(): People {
    return this.#people;
  }

  /** The threshold with what it costs by the shipped scores. */
  get threshold(): FaceThreshold {
    return present(this.#threshold);
  }

  /**
   * The device in use. Faces follow the engine's choice (`KShot.chooseBackend`): where the engine runs on WebGPU they
   * are built and timed there too, in the background, and run on the faster, or where the choice says.
   */
  get device(): FacesDevice {
    return present(this.#device);
  }

  /** The enrolment under way, or the last one that was finished; null where there was none. */
  get enrolment(): Enrolment | null {
    return this.#enrolment;
  }

  /** The challenge as it stood with its last frame, or null. */
  get challenge(): Challenge | null {
    return this.#challenge;
  }

  /** Listens to `people`, `threshold` or `device`; gives the way to stop. */
  on<K extends keyof FacesEvents>(event: K, handler: (value: FacesEvents[K]) => void): () => void {
    return this.#events.on(event, handler);
  }

  /**
   * Finds the faces of a picture and embeds the largest; null when a newer frame has taken its place. What
   * `verify` and `recognise` say is about the last look. Throws as `KShot.classify` does.
   */
  look(source: FrameSource): Promise<Look | null> {
    return this.#ask(source, (frame, live) => this.#send("faces_look", frame, { frame, live }));
  }

  /** Adds a person without shots; gives the id. Throws `name_empty`, `too_many_classes`. */
  async addPerson(name: string): Promise<number> {
    const reply = await this.#call("faces_add_person", { name });
    this.#take(reply);
    return reply.personId;
  }

  /**
   * Adds a photo to a person, whatever the head's pose, where it is good and of the same person as the shots
   * before. Throws `person_unknown`, `too_many_shots`, and as `look` does.
   */
  async addPhoto(personId: number, source: FrameSource): Promise<PhotoStep> {
    await this.#session.usable();
    const frame = await takeFrame(source, this.#session.limits);
    const { step, ...reply } = await this.#send("faces_add_photo", frame, { personId, frame });
    if (step.taken) this.#take(reply);
    return step;
  }

  /** Gives a person another name. Throws `person_unknown`, `name_empty`. */
  async renamePerson(personId: number, name: string): Promise<void> {
    this.#take(await this.#call("faces_rename_person", { personId, name }));
  }

  /** Removes a person; `undo` brings them back, `forgetEverything` does not. Throws `person_unknown`. */
  async removePerson(personId: number): Promise<void> {
    this.#take(await this.#call("faces_remove_person", { personId }));
  }

  /** Removes one shot. Throws `shot_unknown`. */
  async removeShot(shotId: number): Promise<void> {
    this.#take(await this.#call("faces_remove_shot", { shotId }));
  }

  /** Takes the last change of people back; `people.undo` says which that is. */
  async undo(): Promise<void> {
    this.#take(await this.#call("faces_undo", null));
  }

  /**
   * Starts an enrolment in the place of one under way. Throws `name_empty`, `person_unknown`.
   *
   * @example
   * await faces.startEnrolment({ name: "Ada" });
   * const step = await faces.enrolFrame(video); // again and again
   * console.log(step?.advice, step?.enrolment.segments);
   */
  async startEnrolment(options: EnrolmentOptions): Promise<Enrolment> {
    const { name, personId, passes = 1 } = options;
    const { enrolment, stored } = await this.#call("faces_start_enrolment", { name, personId, passes });
    this.#enrolment = enrolment;
    this.#kept = stored;
    return enrolment;
  }

  /**
   * Looks at a frame for the enrolment; null when a newer frame has taken its place. The last shot adds the
   * person and ends it. Throws `enrolment_missing`, and as `look` does.
   */
  enrolFrame(source: FrameSource): Promise<EnrolmentStep | null> {
    return this.#ask(source, async (frame, live) => {
      const { step, added, stored } = await this.#send("faces_enrol_frame", frame, { frame, live });
      this.#enrolment = step.enrolment;
      if (step.taken !== null) this.#kept = stored;
      if (added !== null) this.#take(added);
      return step;
    });
  }

  /**
   * Adds the person with the shots there are, for who cannot or will not turn in all directions; gives the id.
   * Throws `enrolment_missing`, and `embedding_invalid` without a shot.
   */
  async finishEnrolment(): Promise<number> {
    const reply = await this.#call("faces_finish_enrolment", null);
    this.#enrolment = this.#kept = null;
    this.#take(reply);
    return reply.personId;
  }

  /** Drops the enrolment with its shots. */
  async cancelEnrolment(): Promise<void> {
    await this.#call("faces_cancel_enrolment", null);
    this.#enrolment = this.#kept = null;
  }

  /**
   * Is the last look this person? Null where it had no face. Throws `person_unknown`, and `embedding_invalid` for
   * a person without shots.
   */
  verify(personId: number): Promise<Verdict | null> {
    return this.#call("faces_verify", { personId });
  }

  /** Which of the people is the last look? Null where it had no face. */
  recognise(): Promise<Recognition | null> {
    return this.#call("faces_recognise", null);
  }

  /** Changes the threshold of `verify`, `recognise` and the challenge. Throws `setting_invalid`. */
  async setThreshold(threshold: number | "auto"): Promise<FaceThreshold> {
    const value = threshold === "auto" ? undefined : threshold;
    this.#threshold = await this.#call("faces_set_threshold", { threshold: value });
    this.#events.emit("threshold", this.#threshold);
    return this.#threshold;
  }

  /** The scores of a public set: what a threshold costs. */
  scores(): Promise<ScoreDistribution> {
    return this.#call("faces_scores", null);
  }

  /** What one threshold costs, without changing anything. */
  ratesAt(threshold: number): Promise<Rates> {
    return this.#call("faces_rates_at", { threshold });
  }

  /**
   * Starts a liveness challenge in the place of one under way. With a person it also asks for their face. Throws
   * `person_unknown`, `setting_invalid`.
   */
  async startChallenge(options: ChallengeOptions = {}): Promise<Challenge> {
    const { personId, turns = 2, seconds = 10 } = options;
    const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
    return this.#takeChallenge(await this.#call("faces_start_challenge", { personId, turns, seconds, seed }));
  }

  /**
   * Looks at a frame for the challenge; null when a newer frame has taken its place. Throws `challenge_missing`,
   * and as `look` does.
   */
  challengeFrame(source: FrameSource): Promise<ChallengeStep | null> {
    return this.#ask(source, async (frame, live) => {
      const step = await this.#send("faces_challenge_frame", frame, { frame, live });
      this.#takeChallenge(step.challenge);
      return step;
    });
  }

  /** Drops the challenge. Failures are still counted. */
  async endChallenge(): Promise<void> {
    await this.#call("faces_end_challenge", null);
    this.#challenge = null;
  }

  /** Counts of everything that the engine holds of anyone. */
  held(): Promise<Held> {
    return this.#call("faces_held", null);
  }

  /** Forgets everyone, and everything that undo, an enrolment, a challenge and the last look hold. No way back. */
  async forgetEverything(): Promise<Held> {
    this.#frames.drop();
    const { held, ...reply } = await this.#call("faces_forget", null);
    this.#enrolment = this.#kept = this.#challenge = null;
    this.#take(reply);
    return held;
  }

  /** Everyone with embeddings, from the page's own copy, for a page that asks before it keeps them. */
  exportPeople(): FacesState {
    const embedder = { ...present(this.#embedder) };
    let row = 0;
    const people = this.#people.people.map(({ id, name, shots }) => ({
      id,
      name,
      shots: shots.map(() => {
        const start = row++ * embedder.dimensions;
        return this.#embeddings.slice(start, start + embedder.dimensions);
      }),
    }));
    return { format: "kshot-faces", version: 1, embedder, people };
  }

  /**
   * Puts saved people in the place of everyone, under new ids; `undo` takes it back. Throws `state_invalid`, and
   * `state_other_embedder` where another network made them.
   */
  async restorePeople(state: FacesState): Promise<void> {
    const { sha256, dimensions } = present(this.#embedder);
    if (state?.format !== "kshot-faces" || state.version !== 1 || !Array.isArray(state.people)) {
      throw new KShotError("state_invalid", "this is no saved state of people");
    }
    if (state.embedder?.sha256 !== sha256) {
      throw new KShotError("state_other_embedder", `the people were saved with ${state.embedder?.name}`);
    }
    const shots = state.people.flatMap((person) => person.shots);
    if (shots.some((shot) => !(shot instanceof Float32Array) || shot.length !== dimensions)) {
      throw new KShotError("state_invalid", `a shot is not of ${dimensions} numbers`);
    }
    const embeddings = new Float32Array(shots.length * dimensions);
    for (const [row, shot] of shots.entries()) embeddings.set(shot, row * dimensions);
    const people = state.people.map(({ id, name, shots: own }) => ({ id, name, shots: own.length }));
    this.#take(await this.#call("faces_restore", { people, embeddings }));
  }

  /** Everything that the next worker is given, should this one die. */
  #stored(): StoredFaces {
    const people = this.#people.people.map(({ id, name, shots }) => ({ id, name, shots: shots.length }));
    const ofPerson = this.#kept?.saved.person ?? null;
    return {
      people,
      embeddings: this.#embeddings.slice(),
      threshold: this.#threshold === null || this.#threshold.auto ? undefined : this.#threshold.threshold,
      enrolment: people.some(({ id }) => id === ofPerson) || ofPerson === null ? this.#kept : null,
      failures: this.#failures,
      lockedFor: Math.max(0, (this.#lockEnds - performance.now()) / 1_000),
    };
  }

  async #ask<T>(source: FrameSource, send: (frame: Frame, live: boolean) => Promise<T>): Promise<T | null> {
    await this.#session.usable();
    return this.#frames.ask(
      () => takeFrame(source, this.#session.limits),
      (frame) => send(frame, isLive(source)),
    );
  }

  /** Hands a frame over; it is closed by the worker, or here where it never got there. */
  async #send<C extends Call>(call: C, frame: Frame, args: Calls[C]["args"]): Promise<Calls[C]["result"]> {
    try {
      return await this.#session.call(call, () => args, [frame]);
    } finally {
      frame.close();
    }
  }

  #call<C extends Call>(call: C, args: Calls[C]["args"]): Promise<Calls[C]["result"]> {
    return this.#session.call(call, () => args);
  }

  #setDevice(device: FacesDevice): void {
    this.#device = device;
    this.#events.emit("device", device);
  }

  #takeChallenge(challenge: Challenge): Challenge {
    this.#challenge = challenge;
    this.#failures = challenge.failures;
    this.#lockEnds = performance.now() + challenge.lockedFor * 1_000;
    return challenge;
  }

  #take({ people, embeddings }: PeopleReply): void {
    this.#people = people;
    this.#embeddings = embeddings;
    this.#events.emit("people", people);
  }
}

/** Whether more of the same comes after it, as of a camera: small faces are then looked for in a part a frame. */
function isLive(source: FrameSource): boolean {
  return source instanceof HTMLVideoElement || isVideoFrame(source);
}

/** What only exists once faces are open, which `open` waits for. */
function present<T>(value: T | null): T {
  if (value === null) throw new KShotError("disposed", "faces are not open");
  return value;
}
