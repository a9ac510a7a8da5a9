/** How a score is written: a percentage, or the similarity where percentages would promise too much. */
import type { Answer, ClassScore } from "../types.ts";

/**
 * What the numbers are. Where a single class answers its probability is always 1, which says nothing, so
 * similarity is shown there too.
 */
export function scaleOf(answer: Answer): Answer["scale"] {
  return answer.scores.length < 2 ? "similarity" : answer.scale;
}

/** The score that is shown: 0 to 1, or the similarity from -1 to 1. */
export function scoreOf(score: ClassScore, scale: Answer["scale"]): number {
  return scale === "similarity" ? score.similarity : score.probability;
}

/** The score in digits. */
export function sayScore(score: ClassScore, scale: Answer["scale"]): string {
  return scale === "similarity" ? saySimilarity(score.similarity) : sayPercent(score.probability);
}

/** Rounded, but never to a certainty that a softmax cannot have. */
function sayPercent(probability: number): string {
  const percent = Math.round(probability * 100);
  if (percent === 100) return "> 99 %";
  return percent === 0 ? "< 1 %" : `${percent} %`;
}

/** A similarity with two digits, and a real minus sign. */
export function saySimilarity(similarity: number): string {
  const text = Math.abs(similarity).toFixed(2);
  return similarity < 0 && text !== "0.00" ? `−${text}` : text;
}
