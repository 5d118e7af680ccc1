/** What waiting needs of the world. */
export interface Timers {
  /** Calls once after `ms` unless the function that it returns was called before. */
  after(ms: number, call: () => void): () => void;
}
