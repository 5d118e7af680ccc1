import type { AlertReceiver } from '../../config/alert-rules';
import type { AlertMessage } from '../message';

/** What goes over the wire, but for what is the same for all. */
export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A message in the words of one kind of receiver. */
export type Form = (receiver: AlertReceiver, message: AlertMessage) => Posting;

export const JSON_HEADERS = { 'content-type': 'application/json' } as const;
