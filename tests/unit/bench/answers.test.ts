import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { wrongAnswer, wrongResult, wrongStreams } from '../../../bench/answers';
import type { Contender } from '../../../bench/contenders';
import type { LoadResult } from '../../../bench/load/job';
import { SMALL } from '../../../bench/scenarios/requests';
import { CHAT_ANSWER } from '../../../bench/traffic';

let server: Server | undefined;
afterEach(() => server?.close());

/** A contender that gives this answer to everything. */
async function answering(status: number, body: string): Promise<Contender> {
  server = createServer((_req, res) => res.writeHead(status).end(body)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server?.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  // It is asked and not measured.
  return {
    name: 'one',
    version: '1',
    program: undefined as never,
    target: () => ({ port, path: '/', headers: {} }),
  };
}

function result(statuses: Record<string, number>, more: Partial<LoadResult> = {}): LoadResult {
  const requests = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const latencyMs = { p50: 1, p90: 1, p99: 1, max: 1 };
  return {
    requests,
    statuses,
    events: 0,
    bodyBytes: requests * CHAT_ANSWER.length,
    seconds: 1,
    latencyMs,
    ...more,
  };
}

describe('an answer', () => {
  it('is right when it says what the upstream said, though in another order or with other fields', async () => {
    const { choices, usage } = JSON.parse(CHAT_ANSWER) as { choices: unknown; usage: unknown };
    const contender = await answering(200, JSON.stringify({ own: 'field', usage, choices }));
    expect(await wrongAnswer(contender, SMALL)).toBeUndefined();
  });

  it('is wrong when it is an error, however soon it comes', async () => {
    expect(await wrongAnswer(await answering(401, 'who are you'), SMALL)).toBe('401 who are you');
  });

  it('is wrong when it says something else', async () => {
    const contender = await answering(200, CHAT_ANSWER.replace('Hello!', 'Bye!'));
    expect(await wrongAnswer(contender, SMALL)).toMatch(/^another answer than the upstream's/);
  });
});

describe('the answers of a turn', () => {
  it('are right when all of them are whole', () => {
    expect(wrongResult(result({ 200: 1_000 }), SMALL)).toBeUndefined();
  });

  it('are wrong with a single error among them, or with lost ones', () => {
    expect(wrongResult(result({ 200: 999, 429: 1 }), SMALL)).toBe('999 × 200, 1 × 429');
    expect(wrongResult(result({ 200: 999, lost: 1 }), SMALL)).toBe('999 × 200, 1 × lost');
  });

  it('are wrong when they are shorter than the upstream sends them', () => {
    expect(wrongResult(result({ 200: 10 }, { bodyBytes: 500 }), SMALL)).toBe(
      `50 bytes of ${CHAT_ANSWER.length}`,
    );
  });
});

describe('the streams of a turn', () => {
  it('are right when they stayed open and brought their events', () => {
    expect(wrongStreams(result({ 200: 300 }, { events: 11_900 }), 300, 40)).toBeUndefined();
  });

  it('are wrong when some have ended, or were refused', () => {
    expect(wrongStreams(result({ 200: 300, ended: 1 }, { events: 12_000 }), 300, 40)).toBe(
      '300 × 200, 1 × ended',
    );
    expect(wrongStreams(result({ 500: 300 }), 300, 40)).toBe('300 × 500');
  });

  it('are wrong when events are missing', () => {
    expect(wrongStreams(result({ 200: 300 }, { events: 6_000 }), 300, 40)).toBe('6000 events of 12000');
  });
});
