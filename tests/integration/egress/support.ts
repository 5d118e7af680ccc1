import { afterAll, beforeAll } from 'vitest';
import type { FaultyProxy, ProxyOptions, TestProxy } from '../../support/proxies';
import { hasOpenssl, startFaultyProxy, startMicrosocks, startTinyproxy } from '../../support/proxies';
import { startScriptedUpstream, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { makeCertificate, type TestCertificate } from '../../support/tls';
import { waitFor } from '../../support/wait-for';
import { databaseFile, envFile, query, secretKey, TOKEN, useParts } from '../operations/support';

/** So many that it would be a wonder if a proxy had none of them. */
export const KEY_NAMES = Array.from({ length: 30 }, (_, i) => String(100 + i));

/** The sources from which proxies connect on; an upstream that sees another one was reached directly. */
export const SOURCES = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const;

/** Everything started through it has ended when a test is over. Call it once, at the top of a test file. */
export function useEgress() {
  const parts = useParts();
  const proxies: (TestProxy | FaultyProxy)[] = [];
  let certificate: TestCertificate | undefined;

  beforeAll(async () => {
    if (hasOpenssl) certificate = await makeCertificate();
  });
  afterAll(async () => {
    for (const proxy of proxies.splice(0)) await proxy.stop();
    await certificate?.remove();
  });
  const kept = <Proxy extends TestProxy | FaultyProxy>(proxy: Proxy): Proxy => {
    proxies.push(proxy);
    return proxy;
  };

  return {
    ...parts,
    tinyproxy: async (options?: ProxyOptions) => kept(await startTinyproxy(options)),
    microsocks: async (options?: ProxyOptions) => kept(await startMicrosocks(options)),
    faultyProxy: async () => kept(await startFaultyProxy()),
    secureProxy: async () => kept(await startFaultyProxy(certificate)),
    secureUpstream: (): Promise<ScriptedUpstream> => startScriptedUpstream(certificate),
    /** A server with these settings, which trusts the secure upstreams. */
    serve(settings: Record<string, unknown>, dataDir?: string, isTrusting = true): Promise<RunningServer> {
      return parts.server({
        envFile: envFile({
          ALLOWED_TOKENS: [TOKEN],
          API_KEYS: KEY_NAMES.map(secretKey),
          MAX_FAILURES: 2,
          ...settings,
        }),
        ...(isTrusting && certificate && { env: { NODE_EXTRA_CA_CERTS: certificate.certPath } }),
        ...(dataDir !== undefined && { dataDir }),
      });
    },
  };
}

export interface AttemptRow {
  readonly verdict: string;
  readonly egressHint?: string;
  readonly keyHint: string;
  readonly status?: number;
  readonly error?: string;
  readonly effect?: string;
}

/** The attempts of all requests, oldest first, once so many are logged. */
export async function attemptsOf(server: RunningServer, requests: number): Promise<AttemptRow[][]> {
  const rows = await waitFor(
    () => {
      const logged = query<{ attempts: string }>(
        databaseFile(server),
        'SELECT attempts FROM RequestLog ORDER BY id',
      );
      return logged.length >= requests ? logged : undefined;
    },
    { what: `${requests} rows in the request log` },
  );
  return rows.map((row) => (JSON.parse(row.attempts) as { attempts: AttemptRow[] }).attempts);
}

export function disabledKeys(server: RunningServer): number {
  const [row] = query<{ n: number }>(
    databaseFile(server),
    'SELECT COUNT(*) AS n FROM ApiKey WHERE isDisabled = 1 OR failures > 0',
  );
  return row?.n ?? -1;
}

export interface ProxyRow {
  readonly id: string;
  readonly hint: string;
  readonly isDisabled: number;
  readonly disabledBy: string | null;
  readonly reason: string | null;
  readonly failures: number;
}

export const proxyRows = (server: RunningServer): ProxyRow[] =>
  query<ProxyRow>(databaseFile(server), 'SELECT * FROM EgressProxy ORDER BY id');
