import type { Channel, Page, Parcel } from './channel';
import { messagesOf, type Message } from './messages';
import { Standstill } from './standstill';

/** What happens is told at once, and then at most so often. */
const SEND_MS = 50;
const PAGE_MS = 1_000;
const RETRY_MS = 500;
/** What waits to be sent, at most. What finds no room reaches the others by the database. */
const WAITING_MAX = 100_000;
/** In one parcel. */
const PARCEL_MAX = 500;

/** Whether this instance and the others know of each other. */
export type LinkState =
  | { readonly name: 'shared'; readonly since: number }
  | { readonly name: 'local'; readonly since: number; readonly reason: string };

export interface LinkParts {
  readonly channel: Channel;
  /** Names this process among all. */
  readonly self: string;
  /** Steady; milliseconds. */
  readonly now: () => number;
  /** What this instance says of itself, once a second. */
  readonly page: () => string;
  /** From another one, and what this one has sent when the others hear of it. */
  readonly onMessage: (message: Message, from: string, ageMs: number) => void;
  /** What all others that live say of themselves. */
  readonly onPages: (pages: readonly Page[]) => void;
  /** Something may have been missed: what others know has to be asked for. */
  readonly onGap: () => void;
  /** What this process has missed while it stood still has been heard; what it told by then may have been lost. */
  readonly onCaughtUp: () => void;
  /** Told once of each change, and of how it begins. */
  readonly onState: (state: LinkState) => void;
  /** A message is wrong in itself, or what it says could not be done. */
  readonly onError: (error: unknown) => void;
}

interface Works {
  /** Only a parcel that was sent after this one counts. */
  readonly heardAfter: number;
  /** One of its own has come back. */
  readonly isHeard: boolean;
  /** As their pages say; undefined until they could be read. */
  readonly others: readonly Page[] | undefined;
}

const NOTHING: Works = { heardAfter: 0, isHeard: false, others: undefined };

/**
 * Keeps instances in touch over a channel that may be slow, frozen, empty or gone. Nobody waits for it: what is sent
 * while it is away is lost, and what lasts is told anew when it is back.
 */
export class Link {
  /** Messages since the start. What was dropped reaches the others by the database, as far as it lasts. */
  readonly counts = { sent: 0, received: 0, dropped: 0 };
  readonly #waiting = new Map<string, () => Message>();
  readonly #numbers = new Map<string, number>();
  readonly #stopping = new AbortController();
  #state: LinkState;
  #isTold = false;
  #position: string | undefined;
  #sent = 0;
  /** What has worked since the others were lost: all that sharing needs, before they are in touch again. */
  #works: Works = NOTHING;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: readonly Promise<void>[] = [];
  /** Aborted when somebody is heard whose page has not been read. */
  #newcomer = new AbortController();
  /** Resolves when it has been found out for the first time who the others are, or that they cannot be heard. */
  readonly begun: Promise<void>;
  #hasBegun: () => void = () => undefined;
  readonly standstill: Standstill;
  /** What failed last. */
  #error: unknown = 'connecting';

  constructor(private readonly parts: LinkParts) {
    this.#state = { name: 'local', since: parts.now(), reason: 'connecting' };
    this.begun = new Promise((resolve) => (this.#hasBegun = resolve));
    this.standstill = new Standstill({
      now: parts.now,
      sent: () => (this.#state.name === 'shared' ? this.#sent : undefined),
      sendOne: () => this.#sendNow(),
      onCaughtUp: parts.onCaughtUp,
      onGivenUp: () => this.#lose(this.#error),
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Begins to send and to listen. */
  start(): void {
    const { signal } = this.#stopping;
    const onError = (error: unknown): void => this.#down(error);
    this.standstill.start();
    this.#work = [
      again(() => this.#read(), { signal, sooner: () => signal, onError }),
      again(() => this.#turnPages(), { signal, sooner: () => this.#newcomer.signal, onError }),
    ];
  }

  /**
   * For all others, soon: what `make` gives by then. What waits under the same name is not sent. Costs little, and
   * never throws.
   */
  send(name: string, make: () => Message): void {
    if (this.#state.name === 'local' || this.#waiting.size >= WAITING_MAX) {
      this.counts.dropped += 1;
      return;
    }
    this.#waiting.set(name, make);
    this.#sendNow();
  }

  /** Takes leave of the others. Never rejects. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.standstill.stop();
    this.#newcomer.abort();
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.#waiting.size > 0) await this.#send();
    await this.parts.channel.close(this.parts.self);
    await Promise.all(this.#work);
  }

  async #read(): Promise<number> {
    try {
      const { position, parcels } = await this.parts.channel.read(this.#position);
      // From here on what this one sends comes back.
      if (this.#position === undefined) this.#newcomer.abort();
      this.#position = position;
      for (const parcel of parcels) this.#take(parcel);
      return 0;
    } catch (error) {
      // Where it stood still, what it has missed is there.
      if (!this.standstill.isCatchingUp()) this.#position = undefined;
      throw error;
    }
  }

  #take({ from, number, ageMs, text }: Parcel): void {
    const { self, onMessage, onGap, onError } = this.parts;
    const before = this.#numbers.get(from);
    this.#numbers.set(from, number);
    if (from !== self && before === undefined) this.#newcomer.abort();
    if (from !== self && before !== undefined && number !== before + 1) onGap();
    for (const message of messagesOf(text)) {
      if (from !== self) this.counts.received += 1;
      try {
        onMessage(message, from, ageMs);
      } catch (error) {
        onError(error);
      }
    }
    if (from !== self) return;
    this.standstill.heardOwn(number);
    if (number > this.#works.heardAfter) this.#found({ isHeard: true });
  }

  async #turnPages(): Promise<number> {
    const { channel, self, page, onPages } = this.parts;
    this.#newcomer = new AbortController();
    await channel.put({ from: self, text: page() });
    const pages = await channel.pages();
    const others = pages.filter(({ from }) => from !== self);
    for (const from of this.#numbers.keys()) {
      if (!pages.some((known) => known.from === from)) this.#numbers.delete(from);
    }
    onPages(others);
    if (this.#state.name === 'shared') return PAGE_MS;
    this.#found({ others });
    // One that comes back shows that sending and reading work, whatever else is refused.
    if (this.#position !== undefined) await this.#append([]);
    return RETRY_MS;
  }

  /** In touch when everything works: one that may not do a part of it would be lost again with the next event. */
  #found(more: Partial<Works>): void {
    this.#works = { ...this.#works, ...more };
    const { others, isHeard } = this.#works;
    if (this.#state.name === 'shared' || others === undefined || !isHeard) return;
    const { now, onGap, onPages } = this.parts;
    this.#state = { name: 'shared', since: now() };
    this.#tell();
    onGap();
    onPages(others);
  }

  #down(error: unknown): void {
    this.#error = error;
    // What waited for an answer while this process stood still has failed, and says nothing of the channel.
    if (!this.#stopping.signal.aborted && !this.standstill.isCatchingUp()) this.#lose(error);
  }

  #lose(error: unknown): void {
    const isNews = this.#state.name === 'shared' || !this.#isTold;
    const since = isNews ? this.parts.now() : this.#state.since;
    this.#state = { name: 'local', since, reason: reasonOf(error) };
    this.#works = { heardAfter: this.#sent, isHeard: false, others: undefined };
    this.counts.dropped += this.#waiting.size;
    this.#waiting.clear();
    if (isNews) this.#tell();
  }

  #tell(): void {
    this.#isTold = true;
    this.parts.onState(this.#state);
    this.#hasBegun();
  }

  #sendNow(): void {
    if (this.#sending === undefined && this.#timer === undefined) this.#sendSoon(0);
  }

  #sendSoon(inMs: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send().finally(() => {
        this.#sending = undefined;
        if (this.#waiting.size > 0) this.#sendSoon(SEND_MS);
      });
    }, inMs);
    this.#timer.unref();
  }

  async #send(): Promise<void> {
    const messages = [...this.#waiting].slice(0, PARCEL_MAX).map(([name, make]) => {
      this.#waiting.delete(name);
      return make();
    });
    try {
      await this.#append(messages);
      this.counts.sent += messages.length;
    } catch (error) {
      this.counts.dropped += messages.length;
      this.#down(error);
    }
  }

  async #append(messages: readonly Message[]): Promise<void> {
    this.#sent += 1;
    const { channel, self } = this.parts;
    await channel.append({ from: self, number: this.#sent, text: JSON.stringify(messages) });
  }
}

interface Rounds {
  /** Ends them. */
  readonly signal: AbortSignal;
  /** Ends the pause between two of them. */
  readonly sooner: () => AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Round after round, each followed by a pause as long as it says. */
async function again(round: () => Promise<number>, { signal, sooner, onError }: Rounds): Promise<void> {
  while (!signal.aborted) {
    const pauseMs = await round().catch((error: unknown) => {
      onError(error);
      return RETRY_MS;
    });
    await pause(pauseMs, sooner());
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
  });
}
