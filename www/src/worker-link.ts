/**
 * One worker and the calls under way to it. It ends once: by `end`, or by itself when the worker
 * dies; then every call still open is rejected and `onDeath` says why. It starts nothing again:
 * that is the client's decision (kshot.ts).
 */

import { fileAt, startWorker } from "./base-url.ts";
import { KShotError, unpackError } from "./errors.ts";
import type { Call, Calls, Request, WorkerMessage } from "./protocol.ts";
import type { LoadProgress } from "./types.ts";
import workerFile from "./worker.ts?worker&url";

interface Pending {
  resolve(result: unknown): void;
  reject(error: KShotError): void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** What the owner of a link is told. */
export interface LinkEvents {
  onProgress(progress: LoadProgress): void;
  /** The worker trapped, lost its device, or did not answer in time. */
  onDeath(reason: string): void;
}

export class WorkerLink {
  readonly #worker: Worker;
  readonly #events: LinkEvents;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #ended = false;

  constructor(events: LinkEvents) {
    this.#events = events;
    this.#worker = startWorker(fileAt(workerFile));
    this.#worker.onmessage = (event: MessageEvent<WorkerMessage>) => this.#take(event.data);
    this.#worker.onmessageerror = () => this.#die("a message could not be read");
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message || "the worker could not be started");
    };
  }

  /**
   * Calls the worker, about the support set of a seat. `limit` in milliseconds is how long it may take before the worker counts as
   * dead: a lost GPU sometimes shows only as silence.
   */
  call<C extends Call>(
    call: C,
    args: Calls[C]["args"],
    { transfer = [], limit, seat = 0 }: { transfer?: Transferable[]; limit?: number; seat?: number } = {},
  ): Promise<Calls[C]["result"]> {
    if (this.#ended) return Promise.reject(new KShotError("device_lost", "the worker has ended"));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const timer =
        limit === undefined
          ? undefined
          : setTimeout(() => this.#die(`no answer to ${call} for ${limit / 1000} s`), limit);
      this.#pending.set(id, { resolve: resolve as Pending["resolve"], reject, timer });
      this.#worker.postMessage({ id, seat, call, args } as Request, transfer);
    });
  }

  /** Ends the worker without `onDeath`; calls still open are rejected with `error`. */
  end(error: KShotError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#worker.terminate();
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }

  #take(message: WorkerMessage): void {
    if (this.#ended) return;
    switch (message.type) {
      case "progress":
        this.#events.onProgress(message.progress);
        break;
      case "panic":
        this.#die(message.message);
        break;
      case "result":
        this.#settle(message.id)?.resolve(message.result);
        break;
      case "error":
        if (message.error.fatal) this.#die(message.error.message);
        else this.#settle(message.id)?.reject(unpackError(message.error));
        break;
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #die(reason: string): void {
    if (this.#ended) return;
    this.end(new KShotError("device_lost", `the worker ended: ${reason}`));
    this.#events.onDeath(reason);
  }
}
