interface Window {
  /** What the runner calls, or waits for; each page has its own. */
  bench: unknown;
}
