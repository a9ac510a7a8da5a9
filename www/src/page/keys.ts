/** The keyboard: hold 1-9 to record, space to freeze, Ctrl/Cmd+Z to take back. */
import type { App } from "./app.ts";
import type { Recorder } from "./recorder.ts";

/** Starts listening. */
export function startKeys(app: App, recorder: Recorder, actions: { freeze(): void; undo(): void }): void {
  const held = new Map<string, number>();

  addEventListener("keydown", (event) => {
    // The face page and the drawing page have keys of their own.
    const { tab } = document.documentElement.dataset;
    if (isTyping(event.target) || event.isComposing || tab === "face" || tab === "draw") return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z") {
      event.preventDefault();
      actions.undo();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // `code` holds on to the same key when the layout or Shift changes in between.
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (digit !== undefined) {
      event.preventDefault();
      const classId = app.engine?.support.classes[Number(digit) - 1]?.id;
      if (event.repeat || classId === undefined) return;
      held.set(event.code, classId);
      recorder.press(classId);
    } else if (event.key === " " && !takesSpace(event.target)) {
      event.preventDefault();
      if (!event.repeat) actions.freeze();
    }
  });
  addEventListener("keyup", (event) => {
    const classId = held.get(event.code);
    if (classId === undefined) return;
    held.delete(event.code);
    recorder.release(classId);
  });
}

/** Whether keys go into a field, or to a dialog that lies over the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "range", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** Whether Space already means something on the element that has the focus. */
function takesSpace(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("button, input, select, summary, a, [role=option]") !== null
  );
}
