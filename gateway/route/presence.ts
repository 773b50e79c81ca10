// Whether the client of a request is still there, and who wants to know when it leaves. An AbortSignal says the same and costs more than
// a call itself; one is made only for those who ask for it.

/** One client's presence. */
export class Presence {
  private departed = false;
  private watchers: Set<() => void> | null = null;
  private controller: AbortController | null = null;

  /** True once the client has left. */
  get left(): boolean {
    return this.departed;
  }

  /** The same as a signal, for those who need one. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.departed) this.controller.abort();
    return this.controller.signal;
  }

  /** Tells everybody that the client has left. */
  readonly leave = (): void => {
    if (this.departed) return;
    this.departed = true;
    this.controller?.abort();
    for (const watcher of this.watchers ?? []) watcher();
    this.watchers = null;
  };

  /** Calls `watcher` when the client leaves, until `forget`. */
  watch(watcher: () => void): void {
    this.watchers ??= new Set();
    this.watchers.add(watcher);
  }

  forget(watcher: () => void): void {
    this.watchers?.delete(watcher);
  }
}
