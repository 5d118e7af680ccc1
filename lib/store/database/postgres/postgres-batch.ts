import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection, Submittable } from 'pg';
import type { SqlValue } from '../database';
import { postgresValue } from './postgres-sql';

/** Lists that one turn of the event loop hands to the socket: about a millisecond. */
const SLICE = 50;

/**
 * One statement, run once for each list of values in one round trip: it is parsed once, and the server carries out all
 * lists or, when one fails, none. What the driver calls while it runs are the `handle...` functions.
 */
export class PostgresBatch implements Submittable {
  /** The number of rows changed. */
  readonly finished: Promise<number>;
  #resolve!: (changed: number) => void;
  #reject!: (error: unknown) => void;
  #changed = 0;
  #hasFailed = false;

  constructor(
    private readonly text: string,
    private readonly lists: readonly (readonly SqlValue[])[],
  ) {
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    void this.#send(connection);
  }

  async #send(connection: Connection): Promise<void> {
    try {
      connection.parse({ name: '', text: this.text, types: [] }, true);
      for (let start = 0; start < this.lists.length && !this.#hasFailed; start += SLICE) {
        if (start > 0) await nextTurn();
        this.#sendSlice(connection, this.lists.slice(start, start + SLICE));
      }
    } catch (error) {
      this.handleError(error);
    }
    // Also after a failure: until then the server passes over everything else that it is sent.
    if (!connection.stream.destroyed) connection.sync();
  }

  #sendSlice(connection: Connection, lists: readonly (readonly SqlValue[])[]): void {
    connection.stream.cork();
    try {
      for (const list of lists) {
        connection.bind({ values: list.map(postgresValue) }, true);
        connection.execute({}, true);
      }
    } finally {
      connection.stream.uncork();
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // `INSERT 0 1`, `UPDATE 3`, `DELETE 0`
    this.#changed += Number(/\d+$/.exec(text)?.[0] ?? 0);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#changed);
  }

  handleError(error: unknown): void {
    this.#hasFailed = true;
    this.#reject(error);
  }

  handleRowDescription(): void {}

  handleDataRow(): void {}

  handleEmptyQuery(): void {}

  handlePortalSuspended(): void {}
}
