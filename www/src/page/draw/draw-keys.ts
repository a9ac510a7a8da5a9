/** The keyboard on the drawing page: 1-9 add the drawing to a class, Ctrl/Cmd+Z takes back. */
import { isTyping } from "../keys.ts";

/** Starts listening; does nothing while another page is on show. */
export function startDrawKeys(actions: {
  addTo(classId: number): void;
  undo(): void;
  isOpen(): boolean;
}): void {
  addEventListener("keydown", (event) => {
    if (!actions.isOpen() || isTyping(event.target) || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    // In a list of choices a digit looks for what begins with it.
    if (digit === undefined || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    actions.addTo(Number(digit) - 1);
  });
}
