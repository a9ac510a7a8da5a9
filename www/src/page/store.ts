/** Remembers small choices between visits, where the browser lets it. */

/** What was remembered, if it is one of `allowed`. */
export function recall<T extends string>(key: string, allowed: readonly T[]): T | null {
  try {
    const value = localStorage.getItem(`kshot.${key}`);
    return allowed.find((one) => one === value) ?? null;
  } catch {
    return null; // Storage can be switched off; then nothing is remembered.
  }
}

/** Remembers a choice. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`kshot.${key}`, value);
  } catch {
    // As above: the choice holds for this visit.
  }
}
