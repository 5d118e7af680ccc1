import type { AttentionOf } from '../admin/contract/stats';
import type { Troubles } from '../process/troubles';

type Of = AttentionOf<'shortage'>['of'];

const PING_MS_MAX = 2_000;

/** What this process lacks, and since when: what it has met itself, and whether its database answers. */
export class ShortageWatch {
  readonly #since = new Map<Of, number>();
  #isDatabaseOut = false;

  constructor(
    private readonly ports: {
      readonly ping: () => Promise<void>;
      readonly troubles: Troubles;
      /** Milliseconds since the epoch. */
      readonly now: () => number;
    },
  ) {}

  get isDatabaseOut(): boolean {
    return this.#isDatabaseOut;
  }

  get current(): readonly { readonly of: Of; readonly since: number }[] {
    const { checks } = this.ports.troubles;
    this.#note('database', this.#isDatabaseOut);
    for (const name of ['disk', 'memory', 'descriptors'] as const) {
      this.#note(name, checks[name] === 'failing');
    }
    return [...this.#since].map(([of, since]) => ({ of, since }));
  }

  /** Asks the database. Never rejects. */
  async look(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(true), PING_MS_MAX);
      timer.unref();
    });
    const asked = this.ports.ping().then(
      () => false,
      () => true,
    );
    this.#isDatabaseOut = await Promise.race([asked, late]);
    clearTimeout(timer);
  }

  #note(of: Of, isOut: boolean): void {
    if (!isOut) this.#since.delete(of);
    else if (!this.#since.has(of)) this.#since.set(of, this.ports.now());
  }
}
