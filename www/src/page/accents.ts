/**
 * One accent colour a class, the same on its card, bar and point, and kept while others come and go.
 *
 * The ten colours (css/base.css) were chosen by a search that keeps them apart for normal sight and for the
 * three kinds of colour blindness (Machado 2009), in light and in dark. From the eleventh class on they
 * repeat with stripes; the number on every card, bar and point tells classes apart without any colour.
 */

/** Colours there are before they repeat. */
export const ACCENTS = 10;

/** Which colour a class has. */
export interface Accent {
  /** 1 to `ACCENTS`: `--accent-1` and so on. */
  colour: number;
  striped: boolean;
}

const slots = new Map<number, number>();

/** The accent of a class; a new class gets the first that none of `present` has. */
export function accentOf(classId: number, present: readonly number[]): Accent {
  let slot = slots.get(classId);
  if (slot === undefined) {
    const taken = new Set(present.map((id) => slots.get(id)));
    slot = 0;
    while (taken.has(slot)) slot++;
    slots.set(classId, slot);
  }
  return accentAt(slot);
}

/** The colour of a class by its place: the ten accents, then the same with stripes. */
export function accentAt(place: number): Accent {
  return { colour: (place % ACCENTS) + 1, striped: Math.floor(place / ACCENTS) % 2 === 1 };
}

/** Paints an element and what is in it in a class's colour; `null` takes the colour away. */
export function paint(element: HTMLElement, accent: Accent | null): void {
  const colour = accent === null ? "" : `var(--accent-${accent.colour})`;
  if (element.style.getPropertyValue("--accent") !== colour) element.style.setProperty("--accent", colour);
  element.classList.toggle("striped", accent?.striped ?? false);
}
