/**
 * A map of what was written last: at most `entriesMax`, and at least the last half as many. Every call takes the same
 * time, however many come: the older half is forgotten at once when the newer one is full.
 */
export class RecentMap<Entry> {
  #newer = new Map<string, Entry>();
  #older = new Map<string, Entry>();

  constructor(private readonly entriesMax: number) {}

  get(id: string): Entry | undefined {
    return this.#newer.get(id) ?? this.#older.get(id);
  }

  set(id: string, entry: Entry): void {
    this.#newer.set(id, entry);
    if (this.#newer.size < this.entriesMax / 2) return;
    this.#older = this.#newer;
    this.#newer = new Map();
  }

  delete(id: string): void {
    this.#newer.delete(id);
    this.#older.delete(id);
  }
}
