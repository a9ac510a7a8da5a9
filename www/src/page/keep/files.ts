/**
 * `.kshot` files out and in: by the buttons, by dropping one anywhere, and by `?src=` in the address. What is in the
 * page is never lost to a file: a bad one changes nothing, a good one is offered as "replace" or "add", and undo
 * takes it back.
 */
import { fetchFile } from "../../download.ts";
import { asKShotError, KShotError } from "../../errors.ts";
import type { FileKind, ImportOptions, ImportReport, KShotState } from "../../types.ts";
import type { App } from "../app.ts";
import { showError, showToast } from "../toast.ts";
import { openFilesOf, takesFiles } from "./by-kind.ts";
import { ImportDialog } from "./import-dialog.ts";
import { type ClassWords, keepWords } from "./words.ts";

/** The task whose files they are. */
export interface FileTask {
  kind: FileKind;
  /** All there is now. */
  state(): KShotState;
  /** Takes a file's state in, as one step that `undo` takes back. */
  put(state: KShotState, options: Required<Omit<ImportOptions, "step">>): Promise<ImportReport>;
  undo(): void;
  /** How its classes and what is done with them are called, where those are not its words. */
  says?(): ClassWords;
}

type ReadState = KShotState & { kind: FileKind };

/** The ending of our files. */
const ENDING = ".kshot";

/** Whether a file is one of ours, by its name: what is in it is checked when it is read. */
export function isKshotFile({ name }: File): boolean {
  return name.toLowerCase().endsWith(ENDING);
}

export class Files {
  readonly #app: App;
  readonly #task: FileTask;
  readonly #dialog = new ImportDialog();
  #opening: Promise<void> = Promise.resolve();

  constructor(app: App, task: FileTask) {
    this.#app = app;
    this.#task = task;
  }

  /** Files of this kind that come by another way are for here from now on. */
  takeAll(): void {
    takesFiles(this.#task.kind, this);
  }

  /** Saves everything as a file. */
  async save(): Promise<void> {
    const engine = this.#app.ready;
    if (engine === null) return;
    try {
      const { kind } = this.#task;
      const name = kind === "objects" ? "kshot" : `kshot-${kind}`;
      download(await engine.writeFile(this.#task.state(), kind), `${name}-${stamp()}${ENDING}`);
    } catch (error) {
      showError(asKShotError(error, "engine_crashed"));
    }
  }

  /** Opens a file; one after the other. */
  open(file: File): Promise<void> {
    return this.#queue(async () => {
      const engine = this.#app.ready;
      if (engine === null) return;
      this.#dialog.begin(file.name);
      try {
        await this.#take(await engine.readFile(file, this.#task.kind));
      } catch (error) {
        if (!(error instanceof KShotError)) throw error;
        await this.#dialog.fail(error, false);
      }
    });
  }

  /** Opens the file at an address, with its progress, on the tab that it is for; true where it was taken in. */
  async openAddress(address: string): Promise<boolean> {
    const name = nameOf(address);
    let read: ReadState | null = null;
    await this.#queue(async () => {
      read = await this.#download(name, address);
    });
    // TypeScript does not see that the queue has run it.
    const state = read as ReadState | null;
    if (state === null) return false;
    const files = state.kind === this.#task.kind ? this : await openFilesOf(state.kind);
    return files.#openRead(name, state);
  }

  async #openRead(name: string, state: ReadState): Promise<boolean> {
    let opened = false;
    await this.#queue(async () => {
      this.#dialog.begin(name);
      try {
        opened = await this.#take(state);
      } catch (error) {
        if (!(error instanceof KShotError)) throw error;
        await this.#dialog.fail(error, false);
      }
    });
    return opened;
  }

  /** What the file at an address holds, of whatever kind; null where the reader gave up. */
  async #download(name: string, address: string): Promise<ReadState | null> {
    this.#dialog.begin(name);
    for (;;) {
      try {
        const file = await this.#fetch(address);
        const engine = this.#app.ready;
        if (file === null || engine === null) {
          this.#dialog.close();
          return null;
        }
        const state = await engine.readFile(file, "any");
        // The tab that it is for has a dialog of its own.
        if (state.kind !== this.#task.kind) this.#dialog.close();
        return state;
      } catch (error) {
        if (!(await this.#dialog.fail(asKShotError(error, "file_unavailable"), true))) return null;
      }
    }
  }

  #queue(task: () => Promise<unknown>): Promise<void> {
    this.#opening = this.#opening.then(async () => {
      try {
        await task();
      } catch (error) {
        this.#dialog.close();
        reportError(error);
      }
    });
    return this.#opening;
  }

  /** The file at an address, or null where the reader gave up waiting. */
  async #fetch(address: string): Promise<Blob | null> {
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    let stop: () => void = () => {};
    const stopped = new Promise<null>((resolve) => {
      stop = () => resolve(null);
    });
    const onProgress = (loaded: number, total: number) => {
      const text = () =>
        total > 0
          ? keepWords().downloading(megabytes(loaded), megabytes(total))
          : keepWords().downloadingOnly(megabytes(loaded));
      this.#dialog.work(text, total > 0 ? loaded / total : null, stop);
    };
    onProgress(0, 0);
    const file = await Promise.race([fetchFile(address, { onProgress }), stopped]);
    if (file === null) this.#dialog.close();
    return file;
  }

  /** True where it was taken in, false where the reader did not want it. */
  async #take(state: KShotState): Promise<boolean> {
    const mode = await this.#chooseMode(state);
    if (mode === "cancel") {
      this.#dialog.close();
      return false;
    }
    const onProgress = (done: number, total: number) =>
      this.#dialog.work(() => keepWords().anew(done, total), done / total);
    const report = await this.#task.put(state, { mode, onProgress });
    this.#dialog.close();
    this.#tell(report);
    return true;
  }

  async #chooseMode(state: KShotState): Promise<"replace" | "add" | "cancel"> {
    const own = this.#task.state();
    const here = count(own.classes);
    if (here.shots === 0) return "replace"; // There is nothing to lose.
    return this.#dialog.ask(this.#words, () => {
      const says = { ...keepWords(), ...this.#words() };
      const there = count(state.classes);
      const other = state.embedder.sha256 !== own.embedder.sha256;
      return [
        says.holds(says.classes(there.classes), says.shots(there.shots)),
        says.here(says.classes(here.classes), says.shots(here.shots)),
        ...(other ? [says.anewFirst] : []),
      ];
    });
  }

  readonly #words = (): ClassWords => this.#task.says?.() ?? keepWords();

  #tell({ classes, shots, embeddedAnew, lost }: ImportReport): void {
    const says = { ...keepWords(), ...this.#words() };
    const told = [says.opened(says.classes(classes), says.shots(shots))];
    if (embeddedAnew > 0) told.push(says.embeddedAnew(embeddedAnew));
    if (lost > 0) told.push(says.lost(lost));
    showToast(told.join(" "), () => this.#task.undo());
  }
}

function count(classes: readonly { shots: readonly unknown[] }[]): { classes: number; shots: number } {
  return { classes: classes.length, shots: classes.reduce((sum, { shots }) => sum + shots.length, 0) };
}

/** What the file at an address is called; what is no address is told by itself. */
function nameOf(address: string): string {
  try {
    return decodeURIComponent(new URL(address, location.href).pathname.split("/").at(-1) || address);
  } catch {
    return address;
  }
}

/** The day and the minute, as file names sort them. */
function stamp(): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join("-");
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}`;
}

/** Hands a file to the browser, which asks where to put it or puts it with the downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser reads it after the click; a minute is enough to have begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
