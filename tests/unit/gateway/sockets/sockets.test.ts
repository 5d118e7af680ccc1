import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import type { ObjectOwners } from '../../../../lib/gateway/objects/object-owners';
import { KnownOwners } from '../../../../lib/ownership/known-owners';
import { CLIENT_TOKEN } from '../../../support/gateway';
import { Messages } from '../../../support/socket-upstream';
import { socketStage, type Client } from './stage';

const realtime = (socket: WebSocket): void => {
  socket.send('{"type":"session.created","session":{"id":"sess_1"}}');
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
};
const PATH = '/v1/realtime?model=gpt-realtime';

function memoryOwners(): ObjectOwners {
  const nothing = async () => undefined;
  const owners = new KnownOwners({
    store: { find: async () => [], save: nothing, delete: nothing },
    formerKeys: { accountOf: nothing },
    now: () => Date.now(),
    onError: () => undefined,
  });
  onTestFinished(() => owners.close());
  return owners;
}

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

  it('takes a browser whose token is a subprotocol, which goes no further', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const protocols = ['realtime', `openai-insecure-api-key.${CLIENT_TOKEN}`, 'openai-beta.realtime-v1'];
    const client = stage.connect(PATH, { protocols, token: '' });
    await client.messages.next();
    expect(client.socket.protocol).toBe('realtime');
    const [handshake] = stage.provider.handshakes;
    expect(handshake!.headers['sec-websocket-protocol']).toBe('realtime,openai-beta.realtime-v1');
    expect(JSON.stringify(handshake!.rawHeaders)).not.toContain(CLIENT_TOKEN);
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
});

describe('a request that merely offers an upgrade', () => {
  it('is served as if it did not', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const socket = connect(stage.port, '127.0.0.1');
    const body = '{"model":"gpt-4o","messages":[]}';
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CLIENT_TOKEN}\r\n` +
        'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n' +
        `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    await new Promise((resolve) => setImmediate(resolve));
    socket.write(`${body.slice(10)}GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*no such path[\s\S]*HTTP\/1\.1 404 [\s\S]*beyond/);
  });
});

describe('what is said on a WebSocket of responses', () => {
  const RESPONSE = '/v1/responses';
  const create = (more: object = {}): string =>
    JSON.stringify({ type: 'response.create', model: 'gpt-5', ...more });

  /** Answers each request with a response whose id tells the key. */
  const speaker =
    (key: string) =>
    (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        const { previous_response_id: before = 'nothing' } = JSON.parse(data.toString()) as Record<
          string,
          string
        >;
        const response = { id: `resp_${key}_0123456789`, object: 'response', store: true };
        socket.send(JSON.stringify({ type: 'response.created', response }));
        socket.send(JSON.stringify({ type: 'response.output_text.delta', delta: `${key} after ${before}` }));
        socket.send(JSON.stringify({ type: 'response.completed', response }));
      });
    };
  const answer = async (client: Client): Promise<unknown> => {
    await client.messages.next();
    const { delta } = await client.messages.nextEvent();
    await client.messages.next();
    return delta;
  };

  it('goes to the key that has made what it names, in the middle of a conversation too', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    const first = stage.connect(RESPONSE);
    await first.opened;
    first.socket.send(create());
    expect(await answer(first)).toBe('sk-a after nothing');
    first.socket.close();
    await stage.record();

    const second = stage.connect(RESPONSE);
    await second.opened;
    second.socket.send(create());
    expect(await answer(second)).toBe('sk-b after nothing');
    second.socket.send(create({ previous_response_id: 'resp_sk-a_0123456789' }));
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
    second.socket.send(create({ previous_response_id: 'resp_sk-a_0123456789' }));
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
    second.socket.close();
    const { trace } = await stage.record(1);
    expect(trace.attempts.map(({ verdict }) => verdict)).toEqual(['success', 'success']);
    expect(stage.provider.keys).toEqual(['sk-a', 'sk-b', 'sk-a']);
  });

  it('waits for the end of what is being answered before it goes to another key', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    for (const key of ['sk-a', 'sk-b']) {
      const client = stage.connect(RESPONSE);
      await client.opened;
      client.socket.send(create());
      expect(await answer(client)).toBe(`${key} after nothing`);
      client.socket.close();
    }
    const client = stage.connect(RESPONSE);
    await client.opened;
    const names = ['resp_sk-a_0123456789', 'resp_sk-b_0123456789', 'resp_sk-a_0123456789'];
    for (const previous_response_id of names) client.socket.send(create({ previous_response_id }));
    for (const name of names) expect(await answer(client)).toBe(`${name.slice(5, 9)} after ${name}`);
  });

  it('is found out however its members stand, and whatever its texts quote', async () => {
    const owners = memoryOwners();
    const stage = await socketStage(['sk-a', 'sk-b'], speaker, { owners });
    const first = stage.connect(RESPONSE);
    await first.opened;
    first.socket.send(create());
    await answer(first);
    const second = stage.connect(RESPONSE);
    await second.opened;
    const input = [{ role: 'user', content: 'response.json() is "response.done", not "type":"response.x"' }];
    const previous_response_id = 'resp_sk-a_0123456789';
    second.socket.send(
      JSON.stringify({ input, model: 'gpt-5', previous_response_id, type: 'response.create' }),
    );
    expect(await answer(second)).toBe('sk-a after resp_sk-a_0123456789');
  });

  it('is refused too if it is sent as bytes', async () => {
    const stage = await socketStage(['sk-a'], speaker, { settings: { FILTERED_MODELS: ['gpt-secret'] } });
    const client = stage.connect(RESPONSE);
    await client.opened;
    client.socket.send(Buffer.from(create({ model: 'gpt-secret' })));
    expect(await client.messages.nextEvent()).toMatchObject({ error: { code: 'model_not_found' } });
  });

  it('is refused in a message if its model is not served, and the conversation goes on', async () => {
    const stage = await socketStage(['sk-a'], speaker, { settings: { FILTERED_MODELS: ['gpt-secret'] } });
    const client = stage.connect(RESPONSE);
    await client.opened;
    client.socket.send(create({ model: 'gpt-secret' }));
    expect(await client.messages.nextEvent()).toMatchObject({
      type: 'error',
      error: { code: 'model_not_found' },
    });
    client.socket.send(create());
    expect(await answer(client)).toBe('sk-a after nothing');
  });

  it('keeps its order, however long some of it takes to read', async () => {
    const heard: number[] = [];
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      socket.on('message', (data: Buffer) => {
        heard.push((JSON.parse(data.toString()) as { number: number }).number);
        socket.send('{"type":"ok"}');
      });
    });
    const client = stage.connect(RESPONSE);
    await client.opened;
    const large = 'x'.repeat(2_000_000);
    for (let number = 0; number < 6; number += 1)
      client.socket.send(create({ number, input: number % 2 === 0 ? large : '' }));
    for (let i = 0; i < 6; i += 1) await client.messages.next();
    expect(heard).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is said again to each key until one answers, with all that came before', async () => {
    const heard: string[] = [];
    const closes = (socket: WebSocket): void => {
      socket.on('message', (data: Buffer) => {
        if (data.toString().includes('second')) socket.close(1011, 'overloaded');
      });
    };
    const stage = await socketStage(['sk-a', 'sk-b'], (key) =>
      key === 'sk-a'
        ? closes
        : (socket) => {
            socket.on('message', (data: Buffer) => {
              heard.push(data.toString());
              if (heard.length === 2) socket.send('{"type":"ok"}');
            });
          },
    );
    const client = stage.connect('/v1/realtime?model=m');
    await client.opened;
    client.socket.send('first');
    client.socket.send('second');
    expect(await client.messages.next()).toBe('{"type":"ok"}');
    expect(heard).toEqual(['first', 'second']);
  });
});

describe('what only announces a response', () => {
  it('is held for ten seconds at most, and no other key is asked then', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stage = await socketStage(['sk-a', 'sk-b'], () => (socket: WebSocket) => {
      socket.on('message', () => socket.send('{"type":"response.created"}'));
    });
    const client = stage.connect('/v1/responses');
    await client.opened;
    client.socket.send('{"type":"response.create","model":"m"}');
    const first = client.messages.next();
    let isHeard = false;
    void first.then(() => (isHeard = true));
    const turns = async (): Promise<void> => {
      for (let i = 0; i < 50; i += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns();
    vi.advanceTimersByTime(9_999);
    await turns();
    expect(isHeard).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await first).toBe('{"type":"response.created"}');
    vi.advanceTimersByTime(600_000);
    await turns();
    expect(stage.provider.keys).toEqual(['sk-a']);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});

describe('an upgrade behind a request that is still being answered', () => {
  it.each(['websocket', 'h2c'])(
    'lets that come to its end, and the connection closes: %s',
    async (upgrade) => {
      const stage = await socketStage(['sk-a'], () => realtime);
      const socket = connect(stage.port, '127.0.0.1');
      const head = `HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${CLIENT_TOKEN}\r\n`;
      socket.write(
        `GET /v1/files/f ${head}\r\n` +
          `GET ${PATH} ${head}connection: Upgrade\r\nupgrade: ${upgrade}\r\nsec-websocket-version: 13\r\n` +
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404']);
      expect(stage.provider.handshakes).toEqual([]);
    },
  );
});

describe('a handshake', () => {
  it.each([{ upgrade: 'h2c, WebSocket' }, { 'sec-websocket-protocol': '' }])(
    'may say more than it has to: %j',
    async (headers) => {
      const stage = await socketStage(['sk-a'], () => realtime);
      const all = {
        host: 'a',
        authorization: `Bearer ${CLIENT_TOKEN}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      };
      const request = rawRequest({ port: stage.port, host: '127.0.0.1', path: PATH, headers: all });
      request.end();
      const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket];
      onTestFinished(() => void socket.destroy());
      expect(response.statusCode).toBe(101);
    },
  );

  it.each([
    ['POST', {}, 400],
    ['GET', { 'sec-websocket-version': '12' }, 400],
    ['GET', { 'sec-websocket-key': 'short' }, 400],
    ['GET', { 'sec-websocket-protocol': 'a, a' }, 400],
    ['GET', { 'sec-websocket-protocol': 'a b' }, 400],
    ['GET', { 'content-length': '3' }, 400],
  ])('that is none is told so: %s %j', async (method, headers, status) => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const all = {
      host: 'a',
      authorization: `Bearer ${CLIENT_TOKEN}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const request = rawRequest({ port: stage.port, host: '127.0.0.1', path: PATH, method, headers: all });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(status);
    const text = (await response.toArray()).join('');
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'invalid_handshake' } });
    expect(stage.provider.handshakes).toEqual([]);
  });

  it('that the provider refuses as such is answered as it was', async () => {
    const body = { error: { type: 'invalid_request_error', code: 'beta_api_shape_disabled', message: 'no' } };
    const stage = await socketStage(['sk-a', 'sk-b'], () => ({ status: 400, body, headers: { 'x-a': 'b' } }));
    const refused = await stage.connect(PATH).refused;
    expect(refused).toMatchObject({ status: 400, headers: { 'x-a': 'b' } });
    expect(JSON.parse(refused.body)).toEqual(body);
    expect(stage.provider.keys).toHaveLength(1);
    expect(await stage.record()).toMatchObject({ status: 400, outcome: 'client_error' });
  });

  it('whose client leaves is given up', async () => {
    let left: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    const stage = await socketStage(['sk-a'], () => (socket: WebSocket) => {
      socket.on('close', () => left?.());
    });
    const client = stage.connect(PATH);
    await client.opened;
    client.socket.terminate();
    await gone;
    expect(await stage.record()).toMatchObject({ outcome: 'client_closed' });
    expect(stage.gateway.inFlight).toBe(0);
  });

  it('that no server can complete is 426, and no provider is asked', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const headers = { upgrade: 'websocket', connection: 'upgrade' };
    const answer = await stage.inject('GET', '/v1/realtime?model=m', { headers });
    expect(answer.status).toBe(426);
    expect(answer.json()).toMatchObject({ error: { code: 'websocket_unavailable' } });
    expect(stage.provider.handshakes).toEqual([]);
  });

  it('is cut off with 1001 at the end', async () => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const client = stage.connect(PATH);
    await client.messages.next();
    client.socket.send('{"type":"response.create"}');
    await client.messages.next();
    stage.gateway.cutOff();
    expect((await client.messages.closed).code).toBe(1001);
  });
});
