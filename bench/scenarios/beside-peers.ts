import type { Kind } from '../measure';
import { EVENTS_PER_SECOND, SLOW_STREAMED_CHAT, STREAMED_CHAT } from '../traffic';
import { LARGE_ANSWER, LONG, SMALL } from './requests';

/** Requests at full speed on so many connections, or at a steady rate, or so many streams. */
type Load =
  | { readonly kind: 'closed'; readonly connections: number }
  | { readonly kind: 'open'; readonly perSecond: number }
  | { readonly kind: 'streams'; readonly streams: number; readonly eventsPerSecond: number };

export interface Scenario {
  readonly name: string;
  readonly kind: Kind;
  readonly load: Load;
  /** Everyone has one core, and upstream and load generator have the others. */
  readonly isPinned?: boolean;
  /** Only for those that have figures in the scenario of that name. */
  readonly after?: string;
}

const STREAMED: Kind = { lane: 'streams', endpoint: '/chat/completions', body: STREAMED_CHAT };
export const FULL = {
  name: 'small chat on 64 connections',
  kind: SMALL,
  load: { kind: 'closed', connections: 64 },
} as const;
const STEADY = {
  name: 'small chat at 200 requests/s',
  kind: SMALL,
  load: { kind: 'open', perSecond: 200 },
} as const;

const THOUSAND = streamsOf(1_000, STREAMED, EVENTS_PER_SECOND['gpt-4o']);
const SLOW = { ...STREAMED, body: SLOW_STREAMED_CHAT };

function streamsOf(streams: number, kind: Kind, eventsPerSecond: number): Scenario {
  const name = `${streams.toLocaleString('en')} streams of ${eventsPerSecond} events/s`;
  return { name, kind, load: { kind: 'streams', streams, eventsPerSecond } };
}

export const BESIDE_SCENARIOS: readonly Scenario[] = [
  FULL,
  STEADY,
  { name: '200 KB prompt on 16 connections', kind: LONG, load: { kind: 'closed', connections: 16 } },
  { name: '1 MB answer on 16 connections', kind: LARGE_ANSWER, load: { kind: 'closed', connections: 16 } },
  streamsOf(300, STREAMED, EVENTS_PER_SECOND['gpt-4o']),
  THOUSAND,
  // More events would be more than one core of upstream can send.
  { ...streamsOf(5_000, SLOW, EVENTS_PER_SECOND['gpt-4.1']), after: THOUSAND.name },
  { ...FULL, name: `${FULL.name}, one core each`, isPinned: true },
  { ...STEADY, name: `${STEADY.name}, one core each`, isPinned: true },
];
