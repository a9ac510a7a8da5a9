/** The liveness challenge: the option, the button, how it went, and the plain words of what it is worth. */
import { make, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { faceWords } from "./words.ts";
import type { FaceWork } from "./work.ts";

/** Failures in a row that lock; the engine counts them, this says how many are left (src/face/). */
const FAILURES = 5;

export class ChallengePane {
  readonly element = make("section", "face-box");
  readonly #work: FaceWork;
  readonly #isLive: () => boolean;
  readonly #title = make("h2", "face-heading");
  readonly #want = make("input");
  readonly #wantSays = make("span");
  readonly #says = make("p", "fine");
  readonly #start = make("button", "primary");
  readonly #cancel = make("button", "link");
  readonly #result = make("p", "face-result");

  /** `isLive` says whether the camera is on. */
  constructor(work: FaceWork, isLive: () => boolean) {
    this.#work = work;
    this.#isLive = isLive;
    this.#want.type = "checkbox";
    this.#want.className = "switch";
    this.#want.setAttribute("role", "switch");
    this.#want.addEventListener("change", () => work.gate.want(this.#want.checked));
    this.#start.type = this.#cancel.type = "button";
    this.#start.addEventListener("click", () => void work.startChallenge());
    this.#cancel.addEventListener("click", () => void work.cancelTask());
    this.#result.setAttribute("role", "status");
    const option = make("label", "face-switch", this.#want, this.#wantSays);
    const buttons = make("div", "face-buttons", this.#start, this.#cancel);
    this.element.append(this.#title, option, this.#says, buttons, this.#result);
    work.events.on("change", () => this.show());
    onLanguage(() => this.show());
  }

  show(): void {
    const says = faceWords();
    const { gate, task, person } = this.#work;
    const running = task === "challenge";
    const locked = gate.lockedFor > 0;
    setText(this.#title, says.liveness);
    setText(this.#wantSays, says.livenessWant);
    setText(this.#says, says.livenessSays);
    this.#want.checked = gate.wanted;
    this.#want.disabled = locked || running;
    this.element.setAttribute("aria-label", says.liveness);
    const failed = gate.challenge?.state === "failed";
    setText(this.#start, failed ? says.livenessAgain : says.livenessStart);
    setText(this.#cancel, says.cancel);
    this.#start.hidden = running;
    this.#cancel.hidden = !running;
    this.#start.disabled = locked || task !== "answer" || person === null || !this.#isLive();
    setText(this.#result, this.#sayResult());
    this.#result.dataset.state = gate.live ? "passed" : (gate.challenge?.state ?? "");
  }

  #sayResult(): string {
    const says = faceWords();
    const { gate, task, person } = this.#work;
    const { challenge } = gate;
    if (gate.lockedFor > 0 || task === "challenge") return "";
    if (gate.live) return says.livenessPassed;
    if (challenge?.state === "failed") {
      const why = challenge.failure === null ? "" : `${says.livenessFailed[challenge.failure]}. `;
      return why + says.triesLeft(Math.max(1, FAILURES - challenge.failures));
    }
    return gate.wanted && person !== null && !this.#isLive() ? says.livenessCamera : "";
  }
}
