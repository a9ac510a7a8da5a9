/** A small typed list of listeners; what `KShot.on` stands on. */

type Handler<T> = (value: T) => void;

export class Events<Map extends object> {
  readonly #handlers: { [K in keyof Map]?: Set<Handler<Map[K]>> } = {};

  /** Calls `handler` at every `event` until the returned function is called. */
  on<K extends keyof Map>(event: K, handler: Handler<Map[K]>): () => void {
    let handlers = this.#handlers[event];
    if (handlers === undefined) {
      handlers = new Set();
      this.#handlers[event] = handlers;
    }
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  /** Tells everyone. A handler that throws is reported and does not keep the others from hearing. */
  emit<K extends keyof Map>(event: K, value: Map[K]): void {
    for (const handler of this.#handlers[event] ?? []) {
      try {
        handler(value);
      } catch (error) {
        reportError(error);
      }
    }
  }

  /** Forgets every listener. */
  clear(): void {
    for (const event in this.#handlers) this.#handlers[event]?.clear();
  }
}
