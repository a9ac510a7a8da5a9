/** What the event `prediction` tells of an answer. */
import type { Answer } from "../types.ts";
import type { Prediction } from "./types.ts";

export function predictionOf(answer: Answer): Prediction {
  return {
    classId: answer.best,
    name: answer.scores.find(({ classId }) => classId === answer.best)?.name ?? null,
    scores: answer.scores.map(({ classId, name, probability, similarity }) => ({
      classId,
      name,
      probability,
      similarity,
    })),
    answer,
  };
}
