/** Drops a file on an element, as the browser tells of it. */
import type { Locator } from "@playwright/test";

export async function drop(target: Locator, file: { name: string; buffer: Buffer }): Promise<void> {
  await target.evaluate(
    (element, { name, bytes }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
      for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name: file.name, bytes: file.buffer.toString("base64") },
  );
}
