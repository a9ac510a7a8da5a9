/** Photo files into a person: one after the other, counted, and each that cannot be used is named with its reason. */
import { KShotError } from "../../errors.ts";
import type { Faces } from "../../faces.ts";
import type { Refusals } from "../refusals.ts";
import { faceWords } from "./words.ts";

/** A photo and what to call it. */
export interface NamedPhoto {
  name: string;
  photo: Blob;
}

/** Adds photos to a person; gives how many were taken. `onProgress` comes before each. */
export async function addPhotos(
  faces: Faces,
  personId: number,
  photos: readonly NamedPhoto[],
  refusals: Refusals,
  onProgress: (done: number) => void,
): Promise<number> {
  let taken = 0;
  for (const [i, { name, photo }] of photos.entries()) {
    onProgress(i + 1);
    try {
      const step = await faces.addPhoto(personId, photo);
      if (step.taken) taken++;
      else refusals.add(name, { code: step.advice, words: () => whyNot(step.advice) });
    } catch (error) {
      if (!(error instanceof KShotError)) throw error;
      refusals.add(name, error);
      if (error.code === "too_many_shots" || error.code === "person_unknown") break;
    }
  }
  return taken;
}

function whyNot(advice: string): { says: string; todo: string } {
  const { refused } = faceWords();
  return Object.entries(refused).find(([code]) => code === advice)?.[1] ?? refused.other;
}
