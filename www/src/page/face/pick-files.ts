/** Asks for photo files with the browser's own dialog. */
import { make } from "../dom.ts";

/** The files chosen; none where the dialog was closed. */
export function pickFiles({ multiple, label }: { multiple: boolean; label: string }): Promise<File[]> {
  const input = make("input");
  input.type = "file";
  input.accept = "image/*";
  input.multiple = multiple;
  input.setAttribute("aria-label", label);
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve([...(input.files ?? [])]));
    input.addEventListener("cancel", () => resolve([]));
    input.click();
  });
}
