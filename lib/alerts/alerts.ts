import { randomUUID } from 'node:crypto';
import type { AttentionItem } from '../admin/contract/stats';
import type { AlertReceiver } from '../config/alert-rules';
import type { AlertStateStore } from '../store/alert-states';
import { readState, writeState, type AlertState, type Delivered } from './alert-state';
import { deliver, type DeliveryPorts } from './deliver';
import { incidentsOf } from './incident';
import type { AlertMessage } from './message';
import { Outbox } from './outbox';
import { isQuiet } from './quiet-hours';
import { Tracker, type Notice } from './tracker';
import type { Words } from './words';

/** After a start, or after the work was taken over, what was out may not have been met again yet. */
const GRACE_MS = 60_000;

export interface AlertPorts extends DeliveryPorts {
  readonly receivers: () => readonly AlertReceiver[];
  /** IANA name; of the times in messages. */
  readonly zone: () => string;
  /** What the dashboard says needs attention. */
  readonly incidents: () => Promise<readonly AttentionItem[]>;
  /** Of several processes on one database one sends. */
  readonly hasTurn: () => boolean;
  readonly states: AlertStateStore;
  readonly words: () => Promise<Words>;
  /** Steady; milliseconds. */
  readonly steadyNow: () => number;
  /** A message has arrived, or is given up. */
  readonly onSent: (delivered: Delivered) => void;
  /** What is shown of a receiver has changed. */
  readonly onNews: () => void;
  readonly onError: (error: unknown, what: string) => void;
}

interface Told {
  readonly tracker: Tracker;
  readonly outbox: Outbox;
  last: AlertState['last'];
  /** It was told something that is not written yet. */
  isUnsaved: boolean;
}

/** Tells receivers of incidents. Nothing waits for it, and nothing that a receiver does holds anything else up. */
export class Alerts {
  readonly #told = new Map<string, Told>();
  #looking: Promise<void> | undefined;
  #editing: Promise<unknown> = Promise.resolve();
  #isFailing = false;

  constructor(private readonly ports: AlertPorts) {}

  /** Looks at what is wrong now. Call it every few seconds. Never rejects. */
  async look(): Promise<void> {
    this.#looking ??= this.#look()
      .then(() => void (this.#isFailing = false))
      .catch((error: unknown) => {
        // Once for each trouble: it comes again every few seconds.
        if (!this.#isFailing) this.ports.onError(error, 'telling of incidents failed; it is tried again');
        this.#isFailing = true;
      })
      .finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** What is being sent is broken off; it is sent after the next start if it still lasts. */
  async close(): Promise<void> {
    await this.#looking;
    this.#forgetAll();
  }

  async states(): Promise<ReadonlyMap<string, AlertState>> {
    const rows = await this.ports.states.readAll();
    return new Map([...rows].map(([id, text]) => [id, readState(text)]));
  }

  async test(receiver: AlertReceiver, signal: AbortSignal): Promise<Delivered> {
    const words = await this.ports.words();
    const message = messageOf({ state: 'test', incident: undefined }, words.test(receiver.language), {
      words,
      receiver,
      at: this.ports.now(),
    });
    const delivered = await deliver(receiver, message, this.ports, { signal, tries: 1 }).catch(
      (): Delivered => ({
        ok: false,
        status: null,
        error: 'cancelled',
      }),
    );
    this.ports.onSent(delivered);
    await this.#note(receiver.id, delivered);
    return delivered;
  }

  edit<T>(work: () => Promise<T>): Promise<T> {
    const edited = this.#editing.then(work);
    this.#editing = edited.catch(() => undefined);
    return edited;
  }

  async #look(): Promise<void> {
    const { ports } = this;
    const receivers = ports.receivers().filter(({ isEnabled }) => isEnabled);
    if (receivers.length === 0 || !ports.hasTurn()) return this.#forgetAll();
    if (receivers.some(({ id }) => !this.#told.has(id))) await this.#begin(receivers);
    const ids = new Set(receivers.map(({ id }) => id));
    for (const id of this.#told.keys()) if (!ids.has(id)) this.#forget(id);
    const items = await ports.incidents();
    const words = await ports.words();
    for (const receiver of receivers) this.#tell(receiver, items, words);
    await this.#saveAll();
  }

  /** Goes on where whoever did it before has stopped. */
  async #begin(receivers: readonly AlertReceiver[]): Promise<void> {
    const known = await this.states();
    const configured = new Set(this.ports.receivers().map(({ id }) => id));
    for (const id of known.keys()) if (!configured.has(id)) await this.ports.states.remove(id);
    for (const { id } of receivers) {
      if (this.#told.has(id)) continue;
      const state = known.get(id) ?? { open: [] };
      this.#told.set(id, {
        tracker: new Tracker(state, this.ports.steadyNow(), GRACE_MS),
        outbox: new Outbox(this.ports),
        last: state.last,
        isUnsaved: false,
      });
    }
  }

  #tell(receiver: AlertReceiver, items: readonly AttentionItem[], words: Words): void {
    const told = this.#told.get(receiver.id);
    if (told === undefined) return;
    const { ports } = this;
    const at = ports.now();
    const notices = told.tracker.step(incidentsOf(items, receiver), {
      now: ports.steadyNow(),
      isQuiet: isQuiet(receiver.quietHours, at),
      delayMs: receiver.delaySeconds * 1000,
      rules: receiver.rules,
    });
    for (const notice of notices) {
      const text = textOf(notice, words, { language: receiver.language, zone: ports.zone(), now: at });
      const message = messageOf(notice, text, { words, receiver, at });
      told.outbox.push({
        receiver,
        message,
        onFailedTry: (delivered) => void this.#note(receiver.id, delivered),
        onDone: (delivered) => {
          ports.onSent(delivered);
          told.tracker.done(notice, text);
          void this.#note(receiver.id, delivered);
        },
      });
    }
  }

  /** How the last message fared is shown to people. */
  async #note(id: string, delivered: Delivered): Promise<void> {
    const last = { ...delivered, at: this.ports.now() };
    this.ports.onNews();
    const told = this.#told.get(id);
    if (told !== undefined) Object.assign(told, { last, isUnsaved: true });
    try {
      if (told === undefined) await this.#noteElsewhere(id, last);
      else await this.#save(id, told);
    } catch (error) {
      this.ports.onError(error, 'saving what a receiver of alerts was told failed');
    }
  }

  /** Another process tells it of incidents. */
  async #noteElsewhere(id: string, last: AlertState['last']): Promise<void> {
    const { open } = (await this.states()).get(id) ?? { open: [] };
    await this.ports.states.write(id, writeState({ open, last }));
  }

  async #save(id: string, told: Told): Promise<void> {
    told.isUnsaved = false;
    try {
      await this.ports.states.write(id, writeState({ open: told.tracker.open, last: told.last }));
    } catch (error) {
      told.isUnsaved = true;
      throw error;
    }
  }

  async #saveAll(): Promise<void> {
    for (const [id, told] of this.#told) if (told.isUnsaved) await this.#save(id, told);
  }

  #forget(id: string): void {
    this.#told.get(id)?.outbox.close();
    this.#told.delete(id);
  }

  #forgetAll(): void {
    for (const id of this.#told.keys()) this.#forget(id);
  }
}

function textOf(notice: Notice, words: Words, saying: Parameters<Words['sentence']>[1]): string {
  return notice.state === 'over' ? notice.incident.text : words.sentence(notice.incident.item, saying);
}

function messageOf(
  { state, incident }: Pick<AlertMessage, 'state' | 'incident'>,
  text: string,
  { words, receiver, at }: { readonly words: Words; readonly receiver: AlertReceiver; readonly at: number },
): AlertMessage {
  const title = words.title({ state, incident }, receiver.language);
  return { id: randomUUID(), at, state, incident, title, text };
}
