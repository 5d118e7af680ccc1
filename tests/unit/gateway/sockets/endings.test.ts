import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createAccess } from '../../../../lib/gateway/request/access';
import { CLIENT_TOKEN } from '../../../support/gateway';
import { PATH, realtime, socketStage, type SocketStage } from './stage';

const FIRST = '{"type":"session.created"}';
const BEYOND_LIMIT = 1024 * 1024 + 1;

/** Says its first word, and goes on when its client has said something. */
const thenSays =
  (next: (socket: WebSocket) => void) =>
  (socket: WebSocket): void => {
    socket.send(FIRST);
    socket.on('message', () => next(socket));
  };

async function endedBy(next: (socket: WebSocket) => void): Promise<{
  readonly stage: SocketStage;
  readonly code: number;
  readonly reason: string;
}> {
  const stage = await socketStage(['sk-a'], () => thenSays(next));
  const client = stage.connect(PATH);
  await client.messages.next();
  client.socket.send('{"type":"input"}');
  return { stage, ...(await client.messages.closed) };
}

const poolOf = ({ gateway }: SocketStage) => gateway.config.providers.get('default')!.pool;

describe('the end of a WebSocket that its provider has begun to answer', () => {
  it.each([1000, 1001])('is a success with code %i', async (code) => {
    const { stage } = await endedBy((socket) => socket.close(code));
    expect(await stage.record()).toMatchObject({ status: 101, outcome: 'success' });
  });

  it.each([
    [1008, 'policy', 'cut'],
    [4000, '', 'cut'],
    [3000, 'invalid_request_error.bad_event', 'client_error'],
    [4001, 'invalid_request_error.invalid_api_key', 'key_rejected'],
    [4290, 'rate_limit_error.rate_limit_exceeded', 'rate_limited'],
  ])('is a failure with code %i %s, which its row tells', async (code, reason, outcome) => {
    const { stage, ...closed } = await endedBy((socket) => socket.close(code, reason));
    expect(closed).toEqual({ code, reason });
    const record = await stage.record();
    expect(record).toMatchObject({ status: 101 });
    expect(record.errorMessage).toContain(`with code ${code}`);
    expect(record.trace.attempts.at(-1)).toMatchObject({ verdict: record.outcome });
    if (code !== 1008) expect(record.outcome).toBe(outcome);
    else expect(record.outcome).not.toBe('success');
  });

  it('costs neither key nor provider anything if the code speaks of no trouble there', async () => {
    const stage = await socketStage(['sk-a'], () => thenSays((socket) => socket.close(4000, 'time is up')));
    for (let n = 0; n < 5; n += 1) {
      const client = stage.connect(PATH);
      await client.messages.next();
      client.socket.send('{}');
      expect((await client.messages.closed).code).toBe(4000);
      expect((await stage.record(n)).outcome).not.toBe('success');
    }
    expect(poolOf(stage).keys[0]).toMatchObject({ failures: 0, errorCount: 0 });
    expect(poolOf(stage).breaker.state).toBe('closed');
  });

  it('is the error that the provider said last, however it closes then', async () => {
    const error =
      '{"type":"error","error":{"type":"invalid_request_error","code":"session_expired","message":"60 min"}}';
    const { stage } = await endedBy((socket) => {
      socket.send(error);
      socket.close(1001);
    });
    const record = await stage.record();
    expect(record.outcome).not.toBe('success');
    expect(record.errorMessage).toContain('60 min');
  });

  it('is a failure if the last response has failed', async () => {
    const failed =
      '{"type":"response.done","response":{"status":"failed","status_details":{"error":{"type":"server_error","message":"broken"}}}}';
    const { stage } = await endedBy((socket) => {
      socket.send(failed);
      socket.close(1000);
    });
    const record = await stage.record();
    expect(record.outcome).toBe('upstream_error');
    expect(record.errorMessage).toContain('broken');
  });

  it('is a success if a whole response has followed the error', async () => {
    const { stage } = await endedBy((socket) => {
      socket.send('{"type":"error","error":{"type":"invalid_request_error","message":"no such item"}}');
      socket.send('{"type":"response.created","response":{"id":"resp_1"}}');
      socket.send('{"type":"response.done","response":{"id":"resp_1","status":"completed"}}');
      socket.close(1000);
    });
    expect(await stage.record()).toMatchObject({ outcome: 'success' });
  });

  it('tells of a message of the client that is too large', async () => {
    const stage = await socketStage(['sk-a'], () => realtime, { settings: { MAX_BODY_MB: 1 } });
    const client = stage.connect(PATH);
    await client.messages.next();
    client.socket.send(Buffer.alloc(BEYOND_LIMIT));
    expect((await client.messages.closed).code).toBe(1009);
    expect(await stage.record()).toMatchObject({
      status: 101,
      outcome: 'body_too_large',
      errorMessage: 'The client sent a message larger than the 1 MB allowed here.',
    });
    expect(poolOf(stage).keys[0]).toMatchObject({ failures: 0, errorCount: 0, inFlight: 0 });
  });

  it('tells of a message of the provider that is too large', async () => {
    const stage = await socketStage(['sk-a'], () => thenSays((one) => one.send(Buffer.alloc(BEYOND_LIMIT))), {
      settings: { MAX_BODY_MB: 1 },
    });
    const client = stage.connect(PATH);
    await client.messages.next();
    client.socket.send('{}');
    expect(await client.messages.nextEvent()).toMatchObject({ error: { code: 'stream_cut' } });
    expect((await stage.record()).errorMessage).toContain('larger than the 1 MB');
  });
});

describe('a WebSocket whose token is not valid any more', () => {
  const revoked = (stage: SocketStage, tokens: readonly string[]): void => {
    const access = createAccess(tokens.map((value) => ({ id: value, value, hint: value })));
    stage.gateway.configure({ ...stage.gateway.config, access });
  };

  it('is closed with 1008 at once, and its provider is left', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    revoked(stage, [CLIENT_TOKEN, 'another']);
    client.socket.send('still here');
    expect(await client.messages.next()).toBe('still here');
    revoked(stage, ['another']);
    expect(await client.messages.closed).toEqual({
      code: 1008,
      reason: 'The token is not valid here any more.',
    });
    expect(await stage.record()).toMatchObject({ status: 101, outcome: 'invalid_token' });
    expect(poolOf(stage).keys[0]).toMatchObject({ failures: 0, inFlight: 0 });
  });

  it('is closed also while its provider has not said anything', async () => {
    const stage = await socketStage(['sk-a'], () => () => undefined);
    const client = stage.connect('/v1/responses');
    await client.opened;
    client.socket.send('{"type":"response.create","model":"gpt-5"}');
    revoked(stage, []);
    expect((await client.messages.closed).code).toBe(1008);
    expect(await stage.record()).toMatchObject({ outcome: 'invalid_token' });
  });
});
