/**
 * What the page says, large, at this moment: the advice of an enrolment, the turn of a challenge, the answer, or
 * what to do first. One place decides it, so that the picture, the words and the screen reader agree.
 */
import { faceWords, sayCosine } from "./words.ts";
import type { FaceWork, Seen } from "./work.ts";

/** `kind` is the look of it; `answer` what the page promises in `data-answer`. */
export interface Saying {
  kind: "prompt" | "advice" | "yes" | "no" | "wait" | "person" | "none" | "locked";
  answer: string;
  says: string;
  /** The line under it. */
  more: string;
  /** What a screen reader is told. */
  told: string;
  /** Whose it is; null for nobody's. */
  personId: number | null;
}

/** What is to be said now. */
export function sayNow(work: FaceWork): Saying {
  const says = faceWords();
  const locked = work.gate.lockedFor;
  if (locked > 0) {
    const told = says.lockedFor(Math.ceil(locked / 10) * 10);
    const more = says.lockedFor(Math.ceil(locked));
    return {
      kind: "locked",
      answer: "locked",
      says: says.locked,
      more,
      told: `${says.locked}. ${told}`,
      personId: null,
    };
  }
  if (work.task === "enrol") return sayAdvice(work);
  if (work.task === "challenge") return sayChallenge(work);
  if (work.faces === null) return prompt(work.failed ? says.promptMissing : says.promptLoading);
  if (work.person === null) return prompt(says.promptEnrol);
  if (work.seen === null) return prompt(says.promptLook);
  if (work.seen.look.faces.length === 0) return sayMissing(work.seen);
  return work.mode === "verify" ? sayVerdict(work) : sayRecognition(work);
}

function prompt(text: string): Saying {
  return { kind: "prompt", answer: "", says: text, more: "", told: text, personId: null };
}

function sayMissing({ look }: Seen): Saying {
  const says = faceWords();
  if (look.advice !== "too_dark") return prompt(says.noFace);
  const { says: text, todo } = says.advice.too_dark;
  return { ...prompt(text), more: todo, told: `${text}. ${todo}` };
}

function sayAdvice(work: FaceWork): Saying {
  const says = faceWords();
  const advice = work.seen?.step?.advice ?? "no_face";
  const { says: text, todo } = says.advice[advice];
  const { enrolment } = work;
  const filled = enrolment?.segments.filter(({ filled }) => filled >= enrolment.pass).length ?? 0;
  const told = `${says.ringAdvance(filled, enrolment?.segments.length ?? 0)} ${text}. ${todo}`;
  return { kind: "advice", answer: advice, says: text, more: todo, told, personId: null };
}

function sayChallenge(work: FaceWork): Saying {
  const says = faceWords();
  const { challenge } = work.gate;
  const now = challenge?.state === "turn" ? (challenge.turns[challenge.made] ?? "centre") : "centre";
  const text = says.livenessNow[now];
  const seconds = Math.ceil(challenge?.secondsLeft ?? 0);
  const more = says.livenessSteps(challenge?.made ?? 0, challenge?.turns.length ?? 0, String(seconds));
  return { kind: "advice", answer: now, says: text, more, told: text, personId: null };
}

function sayVerdict({ seen, person, gate }: FaceWork): Saying {
  const says = faceWords();
  const verdict = seen?.verdict ?? null;
  const name = person?.name ?? "";
  if (verdict === null) return prompt(says.noFace);
  const numbers = says.against(sayCosine(verdict.similarity), sayCosine(verdict.threshold));
  const base = { answer: "no", personId: verdict.personId };
  if (!verdict.same) {
    const more = `${says.notPerson(name)} ${numbers}`;
    return { ...base, kind: "no", says: says.no, more, told: says.announce.no(name) };
  }
  if (gate.wanted && !gate.live) {
    return {
      ...base,
      kind: "wait",
      answer: "wait",
      says: says.notYet,
      more: says.needsLife,
      told: says.needsLife,
    };
  }
  const line = gate.wanted ? says.provesLife(name) : says.isPerson(name);
  const told = says.announce.yes(name);
  return { ...base, kind: "yes", answer: "yes", says: says.yes, more: `${line} ${numbers}`, told };
}

function sayRecognition({ seen }: FaceWork): Saying {
  const says = faceWords();
  const recognition = seen?.recognition ?? null;
  const first = recognition?.scores[0];
  if (recognition === null || first === undefined) return prompt(says.noFace);
  const numbers = says.against(sayCosine(first.similarity), sayCosine(recognition.threshold));
  if (recognition.best === null) {
    const more = `${says.noneSays} ${numbers}`;
    return { kind: "none", answer: "none", says: says.none, more, told: says.none, personId: null };
  }
  const told = says.announce.person(first.name);
  const answer = String(recognition.best);
  return { kind: "person", answer, says: first.name, more: numbers, told, personId: recognition.best };
}
