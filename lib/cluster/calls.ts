/** One end of a line between two processes: what it is given arrives at the other end, in order, or never. */
export interface Line {
  /** Throws where nobody is at the other end. */
  readonly send: (message: unknown) => void;
  readonly onMessage: (take: (message: unknown) => void) => void;
}

type Answering = (argument: unknown) => unknown;

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Envelope {
  readonly balance?: 'call' | 'answer';
  readonly id?: number;
  readonly verb?: string;
  readonly argument?: unknown;
  readonly error?: string;
}

const ANSWER_MS = 2_000;
/** Of those that the other end has not answered. */
const UNANSWERED_MAX = 1_000;

/** Questions between two processes, both ways. Both ends are ours: what comes is believed. */
export class Calls {
  readonly #asked = new Map<number, Asked>();
  #id = 0;

  /** `verbs`: what the other end may ask for. */
  constructor(
    private readonly line: Line,
    private readonly verbs: Readonly<Record<string, Answering>>,
  ) {
    line.onMessage((message) => this.#take(message as Envelope));
  }

  /** Rejects with a reason for people, within `ms`, if there is no answer. */
  ask(verb: string, argument?: unknown, ms = ANSWER_MS): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#asked.size >= UNANSWERED_MAX) return reject(new Error('the other process does not answer'));
      this.#id += 1;
      const id = this.#id;
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new Error(`the other process has not answered within ${ms} ms`));
      }, ms);
      timer.unref();
      this.#asked.set(id, { resolve, reject, timer });
      if (this.#send({ balance: 'call', id, verb, argument })) return;
      clearTimeout(timer);
      this.#asked.delete(id);
      reject(new Error('the other process is gone'));
    });
  }

  #take({ balance, id, verb = '', argument, error }: Envelope): void {
    if (id === undefined) return;
    if (balance === 'call') void this.#answer(id, verb, argument);
    const asked = this.#asked.get(id);
    if (balance !== 'answer' || asked === undefined) return;
    this.#asked.delete(id);
    clearTimeout(asked.timer);
    if (error === undefined) asked.resolve(argument);
    else asked.reject(new Error(error));
  }

  async #answer(id: number, verb: string, argument: unknown): Promise<void> {
    try {
      this.#send({ balance: 'answer', id, argument: await this.verbs[verb]?.(argument) });
    } catch (error) {
      this.#send({ balance: 'answer', id, error: error instanceof Error ? error.message : String(error) });
    }
  }

  /** False if nobody is there any more. */
  #send(envelope: Envelope): boolean {
    try {
      this.line.send(envelope);
      return true;
    } catch {
      return false;
    }
  }
}
