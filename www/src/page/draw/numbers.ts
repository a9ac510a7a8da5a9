/** How numbers are written on the drawing page. */

/** A share as a percentage; never a certainty that a softmax cannot have. */
export function percent(share: number): string {
  if (share > 0.995) return "> 99 %";
  if (share < 0.005) return "< 1 %";
  return `${Math.round(share * 100)} %`;
}

/** A number with a real minus sign. */
export function digits(value: number, places = 2): string {
  const text = Math.abs(value).toFixed(places);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** A change of a share, small ones too. */
export function change(share: number): string {
  return share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;
}
