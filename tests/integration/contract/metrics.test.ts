import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePrometheus, sumOf, type Sample } from '../../support/prometheus';
import {
  chatChunk,
  reply,
  startScriptedUpstream,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ask, open, readAll } from './ask';
import { ADMIN_TOKEN, CLIENT_TOKEN, inBothModes, type ServedProgram } from './faces';

const METRICS_TOKEN = 'metrics-token';
const bearer = (token: string | undefined) => ({
  headers: { authorization: token === undefined ? undefined : `Bearer ${token}` },
});

/** The parser in Prometheus' own client library for Python. */
const REFERENCE = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families as read
print(json.dumps([[s.name, s.labels, repr(s.value)] for f in read(sys.stdin.read()) for s in f.samples]))`;
/** The one that Debian's packages are for. */
const PYTHON = '/usr/bin/python3';
const hasReferenceParser =
  spawnSync(PYTHON, ['-c', 'import prometheus_client.parser'], { stdio: 'ignore' }).status === 0;

function readByReference(text: string): Sample[] {
  const { stdout, stderr } = spawnSync(PYTHON, ['-c', REFERENCE], { input: text, encoding: 'utf8' });
  expect(stderr).toBe('');
  const samples = JSON.parse(stdout) as [string, Record<string, string>, string][];
  const valueOf = (value: string) => Number(value.replace('inf', 'Infinity'));
  return samples.map(([name, labels, value]) => ({ name, labels, value: valueOf(value) }));
}

inBothModes('/metrics', (start) => {
  let upstream: ScriptedUpstream;
  let server: ServedProgram;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    server = await start({
      METRICS_TOKEN,
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['sk-good', 'sk-revoked'],
      MAX_FAILURES: 1,
      PROVIDERS_CONFIG: [
        { name: 'B', path: 'b', base_url: upstream.baseUrl, api_keys: ['sk-b'], max_retries: 0 },
      ],
    });
  });
  afterAll(() => upstream.stop());

  const read = async () => {
    const answer = await ask(server, '/metrics', bearer(METRICS_TOKEN));
    expect(answer.status, answer.text).toBe(200);
    return { text: answer.text, metrics: parsePrometheus(answer.text) };
  };

  it('is open to the admin token and METRICS_TOKEN, and to no other', async () => {
    for (const token of [ADMIN_TOKEN, METRICS_TOKEN]) {
      const answer = await ask(server, '/metrics', bearer(token));
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    for (const token of [CLIENT_TOKEN, 'wrong', 'sk-good', undefined]) {
      const answer = await ask(server, '/metrics', bearer(token));
      expect(answer.status).toBe(401);
      expect(answer.json()).toMatchObject({ error: { type: 'authentication_error' } });
      expect(answer.text).not.toContain('openai_balance');
    }
  });

  it.skipIf(!hasReferenceParser)('is read by the parser of Prometheus, and alike', async () => {
    const { text, metrics } = await read();
    const samples = [...metrics.values()].flatMap((metric) => metric.samples);
    expect(samples.length).toBeGreaterThan(50);
    expect(readByReference(text)).toEqual(samples);
  });

  it('does not open the gateway with METRICS_TOKEN', async () => {
    const body = { model: 'gpt-test', messages: [] };
    const answer = await ask(server, '/v1/chat/completions', { body, ...bearer(METRICS_TOKEN) });
    expect(answer.status).toBe(401);
  });

  it('answers HEAD without a body and refuses other methods', async () => {
    const head = await ask(server, '/metrics', { method: 'HEAD', ...bearer(METRICS_TOKEN) });
    expect([head.status, head.text]).toEqual([200, '']);
    expect((await ask(server, '/metrics', { method: 'POST', ...bearer(METRICS_TOKEN) })).status).toBe(405);
  });

  describe('after a scripted run', () => {
    it('agrees with what was done, in every counter', async () => {
      const before = (await read()).metrics;
      const grown = (after: typeof before, name: string, labels: Record<string, string>) =>
        sumOf(after, name, labels) - sumOf(before, name, labels);
      const chat = (path: string, more: object = {}) =>
        ask(server, `${path}/chat/completions`, { body: { model: 'gpt-test', messages: [], ...more } });

      upstream.forKey('sk-revoked', reply.error(401, { code: 'invalid_api_key' }));
      // Each key is taken in turn, so one of two meets the revoked one first.
      for (let request = 0; request < 4; request += 1) expect((await chat('/v1')).status).toBe(200);
      for (let request = 0; request < 3; request += 1) {
        expect((await chat('/v1', { stream: true })).status).toBe(200);
      }
      upstream.forKey('sk-b', reply.error(500), reply.error(400), reply.rateLimited({ retryAfter: '900' }));
      const statuses: number[] = [];
      for (let request = 0; request < 4; request += 1) statuses.push((await chat('/b/v1')).status);
      expect(statuses).toEqual([500, 400, 429, 429]);
      expect((await ask(server, '/nobody/v1/models')).status).toBe(404);
      const held = reply.sseControlled();
      upstream.forKey('sk-good', held.reply);
      const stream = open(server, '/v1/chat/completions', {
        body: { model: 'gpt-test', stream: true, messages: [] },
      });
      await held.opened;

      const { metrics: during, text } = await read();
      expect(sumOf(during, 'openai_balance_requests_in_flight')).toBe(1);
      expect(sumOf(during, 'openai_balance_attempts_in_flight', { provider: 'default' })).toBe(1);
      expect(text).not.toMatch(/sk-good|sk-revoked|sk-b"|client-token|admin-token|metrics-token/);
      held.write(chatChunk('Hi'));
      held.write('data: [DONE]\n\n');
      held.end();
      expect((await readAll(await stream)).isWhole).toBe(true);

      const own = { provider: 'default', endpoint: 'chat/completions', model: 'gpt-test' };
      const requests = (more: object) => ({ ...own, ...more });
      const finished = 'openai_balance_requests_total';
      let after = before;
      await waitFor(
        async () => {
          after = (await read()).metrics;
          return grown(after, finished, requests({ status: '2xx' })) === 8;
        },
        { what: () => `8 requests, there are ${grown(after, finished, requests({ status: '2xx' }))}` },
      );
      const other = (status: string) => grown(after, finished, requests({ provider: 'b', status }));
      expect(['5xx', '4xx', '429'].map(other)).toEqual([1, 1, 2]);
      expect(grown(after, finished, { provider: '', endpoint: 'models', status: '4xx' })).toBe(1);
      expect(grown(after, finished, {})).toBe(8 + 4 + 1);

      const attempts = (provider: string, verdict: string) =>
        grown(after, 'openai_balance_attempts_total', { provider, verdict });
      expect(attempts('default', 'success')).toBe(8);
      expect(attempts('default', 'key_rejected')).toBe(upstream.requestsOf('sk-revoked').length);
      expect(attempts('b', 'upstream_error')).toBe(1);
      expect(attempts('b', 'client_error')).toBe(1);
      expect(attempts('b', 'rate_limited')).toBe(1);
      expect(grown(after, 'openai_balance_attempts_total', {})).toBe(upstream.requests.length);

      const keys = (provider: string, state: string) =>
        sumOf(after, 'openai_balance_keys', { provider, state });
      expect(keys('default', 'available')).toBe(1);
      expect(keys('default', 'disabled_auto')).toBe(1);
      expect(keys('b', 'cooling_model')).toBe(1);
      expect(grown(after, 'openai_balance_key_changes_total', { change: 'disabled' })).toBe(1);
      expect(sumOf(after, 'openai_balance_requests_in_flight')).toBe(0);
      const durations = after.get('openai_balance_request_duration_seconds')?.samples ?? [];
      const count = durations.find(
        ({ name, labels }) => name.endsWith('_count') && labels.provider === 'default',
      );
      expect(count?.value).toBe(8);
      await waitFor(
        async () => {
          const { metrics } = await read();
          const written = sumOf(metrics, 'openai_balance_log_rows_total', { result: 'written' });
          return sumOf(metrics, 'openai_balance_log_rows_queued') === 0 && written >= 13;
        },
        { what: 'the log rows to be written' },
      );
      expect(sumOf(after, 'openai_balance_log_rows_total', { result: 'dropped' })).toBe(0);
    });
  });
});
