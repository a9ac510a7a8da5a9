/**
 * The state of the page in its address: `?task=draw&method=siamese&lang=zh`, so that a link says what is on show.
 * It is read once, and kept in step by replacing the entry of the history; what else stands there stays.
 */

/** What the address can say. */
type Key = "task" | "method" | "lang";

/** What the address says, if it is one of `allowed`. */
export function fromAddress<T extends string>(key: Key, allowed: readonly T[]): T | null {
  const value = new URLSearchParams(location.search).get(key)?.toLowerCase();
  return allowed.find((one) => one === value) ?? null;
}

/** Lets the address say it; null, for what goes without saying, takes it out. */
export function toAddress(key: Key, value: string | null): void {
  const url = new URL(location.href);
  if (url.searchParams.get(key) === value) return;
  if (value === null) url.searchParams.delete(key);
  else url.searchParams.set(key, value);
  history.replaceState(history.state, "", url);
}
