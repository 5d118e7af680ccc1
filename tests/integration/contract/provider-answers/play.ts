import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { keysApi } from '../../../../lib/admin/contract/keys';
import { open, readAll, type Answer } from '../ask';
import { MODEL, type StagedProvider } from '../staged-provider';
import type { Step, Turn } from './case';

/** What a client got for one request. */
export interface Served {
  readonly answer: Answer;
  readonly text: string;
  readonly tag: string | undefined;
  /** From the request to the head of its answer. */
  readonly headMs: number;
}

export interface Played {
  readonly served: readonly Served[];
  /** What came of each turn, in order: a status, or how a key was verified. */
  readonly client: readonly (number | string)[];
}

/**
 * Sends the requests of all steps one after the other. Pauses are part of the scenario: they stand for what clients do.
 */
export async function play(provider: StagedProvider, steps: readonly Step[]): Promise<Played> {
  const served: Served[] = [];
  const client: (number | string)[] = [];
  const turns = steps.flatMap(turnsOf);
  for (const [index, turn] of turns.entries()) {
    if (turn.waitMs > 0) await delay(turn.waitMs);
    if (turn.verify === undefined) {
      const one = await send(provider, turn);
      served.push(one);
      client.push(one.answer.status);
    } else {
      client.push(`verify ${await verify(provider, turn.verify)}`);
    }
    if (turn.gapMs > 0 && index < turns.length - 1) await delay(turn.gapMs);
  }
  return { served, client };
}

function turnsOf({ times, seq, ...turn }: Step): Turn[] {
  const round = seq ?? [turn];
  const turns = Array.from({ length: times }, () => round).flat();
  // The pause of a step comes once; those of a sequence come in each round.
  return turns.map((one, index) => (seq === undefined && index > 0 ? { ...one, waitMs: 0 } : one));
}

async function send(provider: StagedProvider, turn: Turn): Promise<Served> {
  const body = bodyOf(turn);
  const startedAt = performance.now();
  const headers = turn.userAgent === undefined ? {} : { 'user-agent': turn.userAgent };
  const incoming = await open(provider.server, `/${provider.slug}/v1${turn.path}`, { body, headers });
  const headMs = Math.round(performance.now() - startedAt);
  const answer = await readAll(incoming);
  const isZipped = answer.headers['content-encoding'] === 'gzip' && answer.isWhole;
  const text = isZipped ? gunzipSync(answer.body).toString('utf8') : answer.text;
  return { answer, text, tag: turn.tag, headMs };
}

function bodyOf({ path, content, model = MODEL, stream }: Turn): object {
  const asked = path === '/responses' ? { input: content } : { messages: [{ role: 'user', content }] };
  return { model, ...(stream && { stream }), ...asked };
}

async function verify(provider: StagedProvider, index: number): Promise<string> {
  const { id } = (await provider.keyItems())[index] ?? { id: '' };
  return (await provider.admin(keysApi.verify, { id })).outcome;
}
