import type { LiveEvent, LiveEventName } from '../contract/live';
import { withSaid } from '../words/with-said';

/** One server-sent event (WHATWG HTML, section 9.2). JSON has no line breaks, so one data line is enough. */
export function eventText<Name extends LiveEventName>(name: Name, id: string, data: LiveEvent<Name>): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(withSaid(data))}\n\n`;
}

/** Keeps a connection open that a proxy would close for its silence. */
export const HEARTBEAT = ': still here\n\n';
