import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Delivered } from '../../../lib/alerts/alert-state';
import { deliver, type DeliveryPorts } from '../../../lib/alerts/deliver';
import { Outbox } from '../../../lib/alerts/outbox';
import { message, receiver } from './support';

type Answer = Awaited<ReturnType<DeliveryPorts['send']>>;

const answer = (status: number, text = '', retryAfter?: string): Answer => ({
  ok: true,
  status,
  retryAfter,
  text,
});

/** A receiver that answers so, one after the other, and then as at last. */
function wire(...answers: readonly Answer[]) {
  const sent: Parameters<DeliveryPorts['send']>[0][] = [];
  const pauses: number[] = [];
  const ports: DeliveryPorts = {
    send: (posting) => {
      sent.push(posting);
      const next = answers[Math.min(sent.length, answers.length) - 1];
      return next === undefined ? new Promise(() => undefined) : Promise.resolve(next);
    },
    wait: (ms) => Promise.resolve(pauses.push(ms)),
    now: () => 1_796_000_000_500,
  };
  return { sent, pauses, ports };
}

const onFailedTry = () => undefined;
const never = new AbortController().signal;

describe('a message', () => {
  it('is signed over its time and its body', async () => {
    const { sent, ports } = wire(answer(200));
    expect(await deliver(receiver(), message(), ports, { signal: never })).toEqual({
      ok: true,
      status: 200,
      error: null,
    });
    const [{ headers, body }] = sent as [(typeof sent)[number]];
    const digest = createHmac('sha256', 'shared-secret').update(`1796000000.${body}`).digest('hex');
    expect(headers).toMatchObject({
      'x-balance-id': message().id,
      'x-balance-timestamp': '1796000000',
      'x-balance-signature': `v1=${digest}`,
    });
  });

  it('is not signed without a secret', async () => {
    const { sent, ports } = wire(answer(200));
    await deliver(receiver({ secret: '' }), message(), ports, { signal: never });
    expect(Object.keys(sent[0]?.headers ?? {})).not.toContain('x-balance-signature');
  });

  it('is tried four times, ever later, with the same id', async () => {
    const { sent, pauses, ports } = wire({ ok: false, why: 'ECONNREFUSED' });
    const failed = { ok: false, status: null, error: 'ECONNREFUSED' };
    const tries: Delivered[] = [];
    const trying = { signal: never, onFailedTry: (one: Delivered) => void tries.push(one) };
    expect(await deliver(receiver(), message(), ports, trying)).toEqual(failed);
    expect(tries).toEqual([failed, failed, failed]);
    expect(pauses).toEqual([1_000, 5_000, 25_000]);
    expect(new Set(sent.map(({ headers }) => headers['x-balance-id'])).size).toBe(1);
    expect(sent).toHaveLength(4);
  });

  it('waits as long as it is asked to, a minute at most', async () => {
    const { pauses, ports } = wire(answer(429, '', '7'), answer(503, '', '999'), answer(204));
    expect(await deliver(receiver(), message(), ports, { signal: never })).toMatchObject({ ok: true });
    expect(pauses).toEqual([7_000, 60_000]);
  });

  it.each([301, 302, 400, 401, 404, 410])('is not sent again after a %i', async (status) => {
    const { sent, ports } = wire(answer(status));
    expect(await deliver(receiver(), message(), ports, { signal: never })).toMatchObject({
      ok: false,
      status,
    });
    expect(sent).toHaveLength(1);
  });

  it('that fails is told without a secret, and in one short line', async () => {
    const to = receiver({ kind: 'telegram', token: '123456:ABC-def', chatId: '-100123456' });
    const said = `no\nbot123456:ABC-def for -100123456, ${to.url} shared-secret ${'x'.repeat(900)}`;
    const { ports } = wire(answer(400, said));
    const { error } = await deliver(to, message(), ports, { signal: never });
    expect(error).toMatch(
      /^answered with status 400: no bot\*\*\* for \*\*\*, https:\/\/hooks.example.com\*\*\* \*\*\* x+…$/,
    );
    expect(error?.length).toBeLessThan(260);
  });
});

describe('an outbox', () => {
  it('sends one message after the other', async () => {
    const { sent, ports } = wire(answer(200));
    const outbox = new Outbox(ports);
    const done = await new Promise<string[]>((resolve) => {
      const ids: string[] = [];
      for (const id of ['a', 'b', 'c']) {
        const onDone = () => void (ids.push(id) === 3 && resolve(ids));
        outbox.push({ receiver: receiver(), message: message({ id }), onDone, onFailedTry });
      }
    });
    expect(done).toEqual(['a', 'b', 'c']);
    expect(sent).toHaveLength(3);
  });

  it('of a receiver that hangs is bounded, and says so of what is too much', () => {
    const { ports } = wire();
    const outbox = new Outbox(ports);
    const failed: (string | null)[] = [];
    for (let count = 0; count < 103; count++) {
      outbox.push({
        receiver: receiver(),
        message: message(),
        onDone: ({ error }) => failed.push(error),
        onFailedTry,
      });
    }
    expect(failed).toEqual(['too many messages wait already', 'too many messages wait already']);
    outbox.close();
  });
});
