/** Tables in Markdown that also read well on a terminal, and the numbers in them. */

/** A table from its headings and rows of text; all columns but the first are right-aligned. */
export function table(headings, rows) {
  const widths = headings.map((heading, column) =>
    Math.max(3, heading.length, ...rows.map((row) => String(row[column]).length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => pad(String(cell), widths[column], column)).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(headings), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

function pad(text, width, column) {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

/** Their sum by their number. */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values) {
  return quantile(values, 0.5);
}

/** The value under which the given part of the values lies, interpolated. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * part;
  const below = sorted[Math.floor(position)];
  return below + (sorted[Math.ceil(position)] - below) * (position - Math.floor(position));
}

/** Milliseconds with three digits that mean something. */
export function ms(value) {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** Bytes in the unit that fits. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
