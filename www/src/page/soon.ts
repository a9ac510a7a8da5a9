/** For what is worth doing after changes, but not after every one of them. */

/** Gives a function that runs the task soon, and never more often than every so many milliseconds. */
export function soon(intervalMs: number, task: () => Promise<void>): () => void {
  let began = 0;
  let waiting = false;
  const run = () => {
    waiting = false;
    began = performance.now();
    void task();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(run, Math.max(0, intervalMs - (performance.now() - began)));
  };
}
