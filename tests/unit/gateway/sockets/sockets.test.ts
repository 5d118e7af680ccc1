import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { CLIENT_TOKEN } from '../../../support/gateway';
import { Messages } from '../../../support/socket-upstream';
import { PATH, realtime, socketStage } from './stage';

describe('a WebSocket', () => {
  it('is opened with a key of the provider, and passes messages both ways', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH, { headers: { 'openai-beta': 'realtime=v1' } });
    expect(await client.messages.nextEvent()).toMatchObject({ type: 'session.created' });
    client.socket.send('{"type":"hello"}');
    expect(await client.messages.next()).toBe('{"type":"hello"}');
    client.socket.send(Buffer.from([1, 2, 3]));
    expect(await client.messages.next()).toBe('\u0001\u0002\u0003');
    client.socket.close(4001, 'enough');
    const [socket] = stage.provider.sockets;
    const [code, reason] = (await once(socket!, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, 'enough']);

    const [handshake] = stage.provider.handshakes;
    expect(handshake).toMatchObject({ url: '/v1/realtime?model=gpt-realtime' });
    expect(handshake!.headers).toMatchObject({ authorization: 'Bearer sk-a', 'openai-beta': 'realtime=v1' });
    expect(await client.requestId).toBe((await stage.record()).requestId);
    expect(JSON.stringify(handshake!.rawHeaders)).not.toContain(CLIENT_TOKEN);
    expect(await stage.record()).toMatchObject({
      status: 101,
      outcome: 'success',
      model: 'gpt-realtime',
      endpoint: '/realtime',
      isStream: true,
      requestBytes: 19,
      trace: { socket: { framesSent: 2, framesReceived: 3 } },
    });
  });

  it('takes a browser whose token is a subprotocol, which goes no further, nor what its own account is', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const account = ['openai-organization.org-clients', 'openai-project.proj_clients'];
    const token = `openai-insecure-api-key.${CLIENT_TOKEN}`;
    const protocols = ['realtime', token, ...account, 'openai-beta.realtime-v1'];
    const client = stage.connect(PATH, { protocols, token: '' });
    await client.messages.next();
    expect(client.socket.protocol).toBe('realtime');
    const [handshake] = stage.provider.handshakes;
    expect(handshake!.headers['sec-websocket-protocol']).toBe('realtime,openai-beta.realtime-v1');
    expect(JSON.stringify(handshake!.rawHeaders)).not.toContain(CLIENT_TOKEN);
  });

  it('goes where the route of its model leads, with the name that is known there', async () => {
    const target = (model: string, tier: number) => ({ provider: 'default', model, tier, weight: 1 });
    const MODEL_ROUTES = [
      { name: 'talk', targets: [target('gpt realtime/1', 1), target('other', 2)], on: ['unavailable'] },
    ] as const;
    const gone = { status: 404, body: { error: { code: 'model_not_found', message: 'no such model' } } };
    const scripts = [gone, realtime];
    const stage = await socketStage(['sk-a'], () => scripts.shift() ?? realtime, {
      settings: { MODEL_ROUTES: [...MODEL_ROUTES] },
    });
    await stage.connect('/v1/realtime?x=1&model=talk&y').messages.next();
    expect(stage.provider.handshakes.map(({ url }) => url)).toEqual([
      '/v1/realtime?x=1&model=gpt%20realtime%2F1&y',
      '/v1/realtime?x=1&model=other&y',
    ]);
    const twice = await stage.connect('/v1/realtime?model=talk&model=talk').refused;
    expect(JSON.parse(twice.body)).toMatchObject({ error: { code: 'ambiguous_model' } });
  });

  it('is refused without a token, before any provider is asked', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const refused = await stage.connect(PATH, { token: '' }).refused;
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'missing_token' } });
    expect((await stage.connect(PATH, { token: 'wrong' }).refused).status).toBe(401);
    expect(stage.provider.handshakes).toEqual([]);
  });

  it('goes to the next key if one is refused in its handshake', async () => {
    const busy = { status: 429, body: { error: { code: 'rate_limit_exceeded', message: 'Rate limit' } } };
    const stage = await socketStage(['sk-a', 'sk-b'], (key) => (key === 'sk-a' ? busy : realtime));
    expect(await stage.connect(PATH).messages.nextEvent()).toMatchObject({ type: 'session.created' });
    expect(stage.provider.keys).toEqual(['sk-a', 'sk-b']);
  });

  it('goes to the next key if the first word is that this one has no credit', async () => {
    const empty = (socket: WebSocket): void => {
      socket.on('message', () =>
        socket.send(
          '{"type":"error","error":{"code":"insufficient_quota","message":"You exceeded your quota"}}',
        ),
      );
    };
    const heard: string[] = [];
    const well = (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString());
        socket.send('{"type":"response.output_text.delta"}');
      });
    };
    const stage = await socketStage(['sk-a', 'sk-b'], (key) => (key === 'sk-a' ? empty : well));
    const client = stage.connect('/v1/responses');
    await client.opened;
    const asked = '{"type":"response.create","model":"gpt-5"}';
    client.socket.send(asked);
    expect(await client.messages.nextEvent()).toEqual({ type: 'response.output_text.delta' });
    expect(heard).toEqual([asked]);
    client.socket.close();
    const record = await stage.record();
    expect(record.model).toBe('gpt-5');
    expect(record.trace.attempts.map(({ verdict }) => verdict)).toEqual(['quota_exhausted', 'success']);
  });

  it('tells in a message what all keys say, once its own handshake is over', async () => {
    const busy = (socket: WebSocket): void => {
      socket.on('message', () =>
        socket.send(
          '{"type":"error","status":429,"error":{"code":"rate_limit_exceeded","message":"slow down"}}',
        ),
      );
    };
    const stage = await socketStage(['sk-a', 'sk-b'], () => busy);
    const client = stage.connect('/v1/responses');
    await client.opened;
    client.socket.send('{"type":"response.create","model":"gpt-5"}');
    expect(await client.messages.nextEvent()).toMatchObject({
      type: 'error',
      error: { code: 'rate_limit_exceeded' },
    });
    expect((await client.messages.closed).code).toBe(1011);
    expect(stage.provider.keys).toEqual(['sk-a', 'sk-b']);
  });

  it('ends with 1011 behind an error of ours if the provider is lost', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    for (const socket of stage.provider.sockets) socket.terminate();
    expect(await client.messages.nextEvent()).toMatchObject({ type: 'error', error: { code: 'stream_cut' } });
    expect((await client.messages.closed).code).toBe(1011);
    expect(await stage.record()).toMatchObject({ outcome: 'cut' });
  });

  it('passes pings, pongs and the code and reason of a close on', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    const [socket] = stage.provider.sockets;
    client.socket.ping('here');
    expect(String((await once(socket!, 'ping'))[0])).toBe('here');
    expect(String((await once(client.socket, 'pong'))[0])).toBe('here');
    socket!.ping('there');
    expect(String((await once(client.socket, 'ping'))[0])).toBe('there');
    expect(String((await once(socket!, 'pong'))[0])).toBe('there');
    socket!.close(4000, 'time is up');
    expect(await client.messages.closed).toEqual({ code: 4000, reason: 'time is up' });
  });

  it('is 426 where the provider takes none, so that a client can ask without', async () => {
    const stage = await socketStage(['sk-a'], () => ({ status: 404, body: { detail: 'Not Found' } }));
    const refused = await stage.connect('/v1/responses').refused;
    expect(refused.status).toBe(426);
    expect(refused.headers).toMatchObject({ upgrade: 'websocket' });
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'websocket_unavailable' } });
  });

  it('counts the tokens of all responses', async () => {
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      socket.on('message', () => {
        socket.send('{"type":"response.created","response":{"id":"resp_1"}}');
        socket.send(
          '{"type":"response.done","response":{"usage":{"total_tokens":30,"input_tokens":10,"output_tokens":20}}}',
        );
      });
    });
    const client = stage.connect(PATH);
    await client.opened;
    for (let i = 0; i < 2; i += 1) {
      client.socket.send('{"type":"response.create"}');
      await client.messages.next();
      await client.messages.next();
    }
    client.socket.close();
    expect((await stage.record()).usage).toMatchObject({
      promptTokens: 20,
      completionTokens: 40,
      totalTokens: 60,
    });
  });

  it('does not show a key that the provider quotes', async () => {
    const stage = await socketStage(['sk-secret-key-0123456789'], () => (socket: WebSocket) => {
      socket.send('{"type":"session.created","key":"sk-secret-key-0123456789"}');
      socket.send(Buffer.from('bytes with sk-secret-key-0123456789'));
      socket.ping('sk-secret-key-0123456789');
    });
    const client = stage.connect(PATH);
    const pinged = once(client.socket, 'ping');
    for (let i = 0; i < 2; i += 1) expect(await client.messages.next()).not.toContain('key-0123456789');
    expect(String((await pinged)[0])).not.toContain('key-0123456789');
  });

  it('goes away with 1001, at once while nothing is being answered', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    stage.gateway.sendAway();
    expect((await client.messages.closed).code).toBe(1001);
    expect(await stage.record()).toMatchObject({ outcome: 'shutting_down' });
  });

  it('goes away behind the response that is being made', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    client.socket.send('{"type":"response.create"}');
    await client.messages.next();
    stage.gateway.sendAway();
    client.socket.send('{"type":"response.done"}');
    expect(await client.messages.next()).toBe('{"type":"response.done"}');
    expect((await client.messages.closed).code).toBe(1001);
  });

  it.each([
    ['nobody has asked for', [], '{"type":"response.created"}'],
    ['is the second that was asked for', ['response.create', 'response.create'], '{"type":"response.done"}'],
  ])('goes away behind a response that %s', async (_what, asks, first) => {
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => socket.send('{"type":"hello"}'));
    const client = stage.connect(PATH);
    await client.messages.next();
    const [socket] = stage.provider.sockets;
    const heard = new Messages(socket!);
    for (const type of asks) client.socket.send(JSON.stringify({ type }));
    for (let i = 0; i < asks.length; i += 1) await heard.next();
    socket!.send(first);
    await client.messages.next();
    stage.gateway.sendAway();
    socket!.send('{"type":"response.done"}');
    expect(await client.messages.next()).toBe('{"type":"response.done"}');
    expect((await client.messages.closed).code).toBe(1001);
  });

  it('goes away at once behind an error in place of a response', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    const [socket] = stage.provider.sockets;
    socket!.removeAllListeners('message');
    client.socket.send('{"type":"response.create"}');
    await once(socket!, 'message');
    socket!.send('{"type":"error","error":{"type":"invalid_request_error","message":"no"}}');
    await client.messages.next();
    stage.gateway.sendAway();
    expect((await client.messages.closed).code).toBe(1001);
  });

  it('is given up when its client has gone while nothing of it is read', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      socket.send('{"type":"hello"}');
      socket.pause();
    });
    const client = stage.connect(PATH);
    await client.messages.next();
    const message = Buffer.alloc(1_000_000);
    for (let i = 0; i < 40; i += 1) client.socket.send(message);
    const isHeld = async (): Promise<boolean> => {
      const before = client.socket.bufferedAmount;
      for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
      return before > 0 && client.socket.bufferedAmount === before;
    };
    while (!(await isHeld()));
    client.socket.terminate();
    const record = stage.record();
    let isOver = false;
    void record.then(() => (isOver = true));
    while (!isOver) {
      vi.advanceTimersByTime(5_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await record).toMatchObject({ outcome: 'client_closed' });
  });

  it('holds a fast side back while the other one is slow', async () => {
    const bytes = 64 * 1024;
    const count = 400;
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      for (let i = 0; i < count; i += 1) socket.send(Buffer.alloc(bytes, i));
    });
    const client = stage.connect(PATH);
    await client.opened;
    client.socket.pause();
    const [socket] = stage.provider.sockets;
    // The provider's own buffer stays full: nobody has read it all.
    await new Promise((resolve) => setImmediate(resolve));
    let received = 0;
    const all = new Promise<void>((resolve) => {
      client.socket.on('message', (data: Buffer) => {
        expect(data.length).toBe(bytes);
        received += 1;
        if (received === count) resolve();
      });
    });
    expect(socket!.bufferedAmount).toBeGreaterThan(0);
    client.socket.resume();
    await all;
  });

  it('goes on with the next key though the first has not taken all that was said', async () => {
    const bytes = 3_000_000;
    let heard = 0;
    const well = (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        heard += data.length;
        socket.send(String(heard));
      });
    };
    let opened: (() => void) | undefined;
    const isHeld = new Promise<void>((resolve) => (opened = resolve));
    const silent = (socket: WebSocket): void => {
      socket.pause();
      void isHeld.then(() =>
        socket.send(
          '{"type":"error","error":{"code":"insufficient_quota","message":"You exceeded your quota"}}',
        ),
      );
    };
    const stage = await socketStage(['sk-a', 'sk-b'], (key) => (key === 'sk-b' ? well : silent));
    const client = stage.connect(PATH);
    await client.opened;
    for (let i = 0; i < 8; i += 1) client.socket.send(Buffer.alloc(bytes));
    // The first key reads nothing, so the client is held back.
    let before = -1;
    while (before !== client.socket.bufferedAmount) {
      before = client.socket.bufferedAmount;
      for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    opened?.();
    while ((await client.messages.next()) !== String(8 * bytes));
    expect(stage.provider.keys).toEqual(['sk-a', 'sk-b']);
  });
});
