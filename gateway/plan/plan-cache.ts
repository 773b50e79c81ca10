// Keeps what was prepared, up to a number of entries and a weight; the longest unused goes first. Two requests that need the
// same thing at once wait for one making of it. What could not be made is not kept.

/** What the cache is asked to keep, with its weight in any unit, the same for all. */
export interface Weighed<Value> {
  readonly value: Value;
  readonly weight: number;
  /** False: given to those who wait for it, then forgotten. */
  readonly keep: boolean;
}

/** A bounded cache of promised values. */
export class PlanCache<Value> {
  private readonly kept = new Map<string, { readonly value: Value; readonly weight: number }>();
  private readonly making = new Map<string, Promise<Value>>();
  private weight = 0;

  constructor(
    private readonly mostEntries: number,
    private readonly mostWeight: number,
  ) {}

  get size(): number {
    return this.kept.size;
  }

  /** The kept value, now the most recently used; undefined when there is none. */
  find(key: string): Value | undefined {
    const entry = this.kept.get(key);
    if (entry === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, entry);
    return entry.value;
  }

  /** The kept value or a new one. `make` runs once for all who ask meanwhile; when it rejects, all of them learn so and the next asks anew. */
  findOrMake(key: string, make: () => Promise<Weighed<Value>>): Promise<Value> {
    const kept = this.find(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const inMaking = this.making.get(key);
    if (inMaking !== undefined) return inMaking;
    const promise = make()
      .then((made) => {
        if (made.keep) this.keep(key, made);
        return made.value;
      })
      .finally(() => this.making.delete(key));
    this.making.set(key, promise);
    return promise;
  }

  private keep(key: string, { value, weight }: Weighed<Value>): void {
    if (weight > this.mostWeight) return;
    this.kept.set(key, { value, weight });
    this.weight += weight;
    for (const [oldest, entry] of this.kept) {
      if (this.kept.size <= this.mostEntries && this.weight <= this.mostWeight) break;
      this.kept.delete(oldest);
      this.weight -= entry.weight;
    }
  }
}
