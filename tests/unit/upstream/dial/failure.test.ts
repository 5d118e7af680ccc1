import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { expect, it } from 'vitest';
import { readSaid } from '../../../../lib/admin/words/read-said';
import { describeError } from '../../../../lib/upstream/dial/failure';

it('tells in plain words of a server that speaks plain http where TLS was expected', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as unknown[];
  socket.destroy();
  server.close();
  const text = describeError(error);
  expect(text).toMatch(/^the server speaks plain http/);
  expect(readSaid(text)?.code).toBe('system.plain_http');
});

it.each([
  ['ssl3_get_record:wrong version number', 'system.plain_http'],
  ['ssl3_get_record:packet length too long', 'system.plain_http'],
  ['ssl3_read_bytes:tlsv1 alert protocol version', 'system.no_tls'],
  ['ssl3_read_bytes:sslv3 alert handshake failure', 'system.no_tls'],
])('keeps the raw text of OpenSSL to itself: %s', (reason, code) => {
  const raw = `80ACA143037F0000:error:0A00010B:SSL routines:${reason}:../deps/openssl/ssl/record/ssl3_record.c:350:\n`;
  const text = describeError(Object.assign(new Error(raw), { code: 'ERR_SSL_SOME_REASON' }));
  expect(text).not.toMatch(/openssl|routines|0A00/i);
  expect(readSaid(text)?.code).toBe(code);
});

it('tells other errors with their codes', () => {
  expect(describeError(Object.assign(new Error('no luck'), { code: 'EPERM' }))).toBe('EPERM: no luck');
});
