import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Messages, SocketUpstream } from '../../support/socket-upstream';
import { ADMIN_TOKEN, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const AS_ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };

describe('a WebSocket whose token is revoked in the dashboard', () => {
  it.each([['one process', {}] as const, ['workers', { WORKERS: '2' }] as const])(
    'closes with 1008, and others stay open: %s',
    async (_what, env) => {
      const provider = new SocketUpstream(() => (socket) => {
        socket.send('{"type":"session.created"}');
        socket.on('message', (data) => socket.send(data, { binary: false }));
      });
      await provider.start();
      onTestFinished(() => provider.stop());
      const settings = {
        BASE_URL: provider.url,
        API_KEYS: [secretKey('aaa')],
        ALLOWED_TOKENS: [TOKEN],
        AUTH_TOKEN: ADMIN_TOKEN,
      };
      const server = await parts.server({ env, envFile: envFile(settings) });
      const admin = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
        const answer = await fetch(`${server.url}/api/admin${path}`, {
          method,
          headers: AS_ADMIN,
          ...(body && { body: JSON.stringify(body) }),
        });
        expect(answer.status, await answer.clone().text()).toBeLessThan(300);
        return (await answer.json().catch(() => ({}))) as Record<string, unknown>;
      };
      const made = await admin('POST', '/tokens', { name: 'for one call' });
      const token = JSON.stringify(made).match(/"(?:value|token)":"([^"]+)"/)?.[1] ?? '';
      const id = JSON.stringify(made).match(/"id":"([^"]+)"/)?.[1] ?? '';

      const open = async (bearer: string): Promise<{ socket: WebSocket; messages: Messages }> => {
        const url = `${server.url.replace('http', 'ws')}/v1/realtime?model=m`;
        // A worker may hear of the token a moment later.
        for (;;) {
          const socket = new WebSocket(url, { headers: { authorization: `Bearer ${bearer}` } });
          onTestFinished(() => socket.terminate());
          const messages = new Messages(socket);
          const isOpen = await Promise.race([
            once(socket, 'open').then(() => true),
            once(socket, 'unexpected-response').then(() => false),
          ]).catch(() => false);
          if (!isOpen) continue;
          await messages.next();
          return { socket, messages };
        }
      };
      const [revoked, other] = [await open(token), await open(TOKEN)];
      await admin('DELETE', `/tokens/${id}`);
      expect((await revoked.messages.closed).code).toBe(1008);
      other.socket.send('still here');
      expect(await other.messages.next()).toBe('still here');
    },
  );
});
