import type { AlertReceiver } from '../config/alert-rules';
import type { Delivered } from './alert-state';
import { deliver, type DeliveryPorts } from './deliver';
import type { AlertMessage } from './message';

/** Nobody reads more. */
const WAITING_MAX = 100;

interface Waiting {
  readonly receiver: AlertReceiver;
  readonly message: AlertMessage;
  readonly onFailedTry: (delivered: Delivered) => void;
  /** Not called for what was still waiting when the outbox was closed. */
  readonly onDone: (delivered: Delivered) => void;
}

const NOT_SENT: Delivered = { ok: false, status: null, error: 'it could not be sent' };

/** Messages for one receiver, one after the other. A receiver that hangs keeps only its own. */
export class Outbox {
  readonly #waiting: Waiting[] = [];
  readonly #closing = new AbortController();
  #isSending = false;

  constructor(private readonly ports: DeliveryPorts) {}

  /** A message too many counts as one that could not be sent. */
  push(waiting: Waiting): void {
    if (this.#waiting.length >= WAITING_MAX) {
      waiting.onDone({ ok: false, status: null, error: 'too many messages wait already' });
      return;
    }
    this.#waiting.push(waiting);
    if (!this.#isSending) void this.#send();
  }

  /** What is being sent is broken off. */
  close(): void {
    this.#waiting.length = 0;
    this.#closing.abort();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    const { signal } = this.#closing;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { receiver, message, onDone, onFailedTry } = next;
      const delivered = await deliver(receiver, message, this.ports, { signal, onFailedTry }).catch(
        () => NOT_SENT,
      );
      if (signal.aborted) break;
      onDone(delivered);
    }
    this.#isSending = false;
  }
}
