import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { CLIENT_TOKEN } from '../../../support/gateway';
import { handshake, PATH, realtime, socketStage } from './stage';

describe('a handshake', () => {
  it.each<Readonly<Record<string, string>>>([
    { upgrade: 'h2c, WebSocket' },
    { 'sec-websocket-protocol': '' },
  ])('may say more than it has to: %j', async (headers) => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const request = rawRequest({
      port: stage.port,
      host: '127.0.0.1',
      path: PATH,
      headers: handshake(headers),
    });
    request.end();
    const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket];
    onTestFinished(() => void socket.destroy());
    expect(response.statusCode).toBe(101);
  });

  it.each([
    ['POST', {}, 400],
    ['GET', { 'sec-websocket-version': '12' }, 400],
    ['GET', { 'sec-websocket-key': 'short' }, 400],
    ['GET', { 'sec-websocket-protocol': 'a, a' }, 400],
    ['GET', { 'sec-websocket-protocol': 'a b' }, 400],
    ['GET', { 'content-length': '3' }, 400],
  ])('that is none is told so: %s %j', async (method, headers, status) => {
    const stage = await socketStage(['sk-a'], () => realtime);
    const request = rawRequest({
      port: stage.port,
      host: '127.0.0.1',
      path: PATH,
      method,
      headers: handshake(headers),
    });
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
