/**
 * What is kept of anyone, and forgetting it. The proof is counted, not claimed: the engine's own counts, and what lies
 * in the browser's storage for this page under a name of faces.
 */
import type { Held } from "../../face-types.ts";
import { make, makeIcon, setText } from "../dom.ts";
import { onLanguage } from "../language.ts";
import { countStored } from "./stored.ts";
import { faceWords, sayCount } from "./words.ts";
import type { FaceWork } from "./work.ts";

/** How often it is counted while the page is open: what the last frame left behind is in it. */
const COUNT_MS = 2_000;

const LINES = ["people", "shots", "undo", "enrolment", "look", "bytes", "storage"] as const;

export class PrivacyPane {
  readonly element = make("section", "face-box");
  readonly #work: FaceWork;
  readonly #onForget: () => Promise<void>;
  readonly #title = make("h2", "face-heading");
  readonly #says = make("p", "fine");
  readonly #forget = make("button", "face-forget");
  readonly #forgetSays = make("span");
  readonly #forgetMore = make("p", "fine");
  readonly #heldSays = make("p", "says");
  readonly #held = make("dl", "face-held number");
  readonly #told = make("p", "unseen");
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown: { held: Held; stored: number } | null = null;
  #forgotten = false;
  #counting = false;
  /** Counts what was forgotten: what was counted before is not so any more. */
  #turn = 0;

  /** `onForget` lets go of what the page itself has on show and in storage. */
  constructor(work: FaceWork, onForget: () => Promise<void>) {
    this.#work = work;
    this.#onForget = onForget;
    this.#forget.type = "button";
    this.#forget.append(makeIcon("trash"), this.#forgetSays);
    this.#forget.addEventListener("click", () => void this.#onClick());
    this.#told.setAttribute("role", "status");
    const proof = make("div", "face-proof", this.#heldSays, this.#held);
    this.element.append(this.#title, this.#says, this.#forget, this.#forgetMore, proof, this.#told);
    work.events.on("change", () => this.#show());
    onLanguage(() => this.#show());
  }

  open(): void {
    this.close();
    this.#timer = setInterval(() => void this.#count(), COUNT_MS);
    void this.#count();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #onClick(): Promise<void> {
    await this.#onForget();
    const held = await this.#work.forget();
    if (held === null) return;
    const stored = await countStored();
    this.#turn++;
    this.#shown = { held, stored };
    const { lastLook, challenge, ...counts } = held;
    this.#forgotten = !lastLook && !challenge && stored + Object.values(counts).reduce((a, b) => a + b) === 0;
    this.#show();
    if (this.#forgotten) setText(this.#told, `${faceWords().forgotten} ${this.#held.innerText}`);
  }

  async #count(): Promise<void> {
    const { faces } = this.#work;
    if (faces === null || this.#counting) return;
    this.#counting = true;
    const turn = this.#turn;
    try {
      const [held, stored] = [await faces.held(), await countStored()];
      if (turn !== this.#turn) return;
      // Somebody new: the proof was of what had been before.
      if (held.bytes > 0) {
        this.#forgotten = false;
        setText(this.#told, "");
      }
      this.#shown = { held, stored };
    } catch {
      // The engine is being rebuilt; it is counted again when it is back.
    } finally {
      this.#counting = false;
    }
    this.#show();
  }

  #show(): void {
    const says = faceWords();
    setText(this.#title, says.privacy);
    setText(this.#says, says.privacySays);
    setText(this.#forgetSays, says.forget);
    setText(this.#forgetMore, says.forgetSays);
    this.element.setAttribute("aria-label", says.privacy);
    this.#forget.disabled = this.#work.faces === null;
    if (this.#shown === null) return;
    const { held, stored } = this.#shown;
    setText(this.#heldSays, this.#forgotten ? says.forgotten : says.heldNow);
    this.#heldSays.parentElement?.classList.toggle("forgotten", this.#forgotten);
    const values: Record<(typeof LINES)[number], string> = {
      people: sayCount(held.people),
      shots: sayCount(held.shots),
      undo: sayCount(held.undo),
      enrolment: sayCount(held.enrolmentShots),
      look: held.lastLook ? "1" : "0",
      bytes: says.bytes(sayCount(held.bytes)),
      storage: says.bytes(sayCount(stored)),
    };
    this.#held.replaceChildren(
      ...LINES.map((line) => {
        const value = make("dd", "", values[line]);
        value.dataset.held = line;
        return make("div", "", make("dt", "", says.held[line]), value);
      }),
    );
  }
}
