/** What kshot promises, held against what was measured: a bound that is broken fails the bench. */
import { table } from "./table.mjs";

const bounds = [];

/** Notes a measured value that must be at most `most`; `show` makes text of both. */
export function promise(what, value, most, show) {
  bounds.push({ what, value, most, show });
}

/** The promises as Markdown, and how many are broken. Empty text where none was measured. */
export function reportBounds() {
  const broken = bounds.filter(({ value, most }) => !(value <= most)).length;
  if (bounds.length === 0) return { report: "", broken };
  const rows = bounds.map(({ what, value, most, show }) => [
    what,
    show(value),
    show(most),
    value <= most ? "yes" : "NO",
  ]);
  return { report: table(["promise", "measured", "at most", "kept"], rows), broken };
}
