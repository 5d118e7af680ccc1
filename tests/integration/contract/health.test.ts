import { beforeAll, expect, it } from 'vitest';
import { ask } from './ask';
import { inBothModes, type ServedProgram } from './faces';

inBothModes('health', (start) => {
  let server: ServedProgram;
  beforeAll(async () => {
    server = await start({});
  });

  it('/health and /ready need no token and say how it is', async () => {
    const plain = { headers: { authorization: undefined } };
    const health = await ask(server, '/health?from=docker', plain);
    expect([health.status, health.json()]).toEqual([200, { status: 'ok' }]);
    const ready = await ask(server, '/ready', plain);
    expect(ready.status).toBe(200);
    const checks = { database: 'ok', gateway: 'ok', descriptors: 'ok', memory: 'ok', disk: 'ok' };
    expect(ready.json()).toEqual({ status: 'ready', checks });
    for (const { headers } of [health, ready]) expect(headers['content-type']).toMatch(/^application\/json/);
  });

  it('HEAD gets no body, other methods are refused, and longer paths are others', async () => {
    for (const path of ['/health', '/ready']) {
      const head = await ask(server, path, { method: 'HEAD' });
      expect([head.status, head.text]).toEqual([200, '']);
      expect((await ask(server, path, { method: 'POST' })).status).toBe(405);
      expect((await ask(server, `${path}/more`)).status).toBe(404);
    }
  });
});
