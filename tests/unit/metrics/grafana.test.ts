import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { SILENT } from '../../../lib/balancer/events';
import { Metrics } from '../../../lib/metrics/metrics';
import { parsePrometheus } from '../../support/prometheus';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const file = resolve(import.meta.dirname, '../../../docs/grafana.json');
const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;

it('the Grafana dashboard asks for nothing that /metrics does not have, and shows every metric of ours', async () => {
  const metrics = new Metrics();
  metrics.countingEvents(SILENT);
  metrics.watch({
    now: () => 0,
    inFlight: () => 0,
    waiting: () => 0,
    pools: () => [],
    egresses: () => [],
    logStats: () => ({ queued: 0, written: 0, dropped: 0, lastError: undefined }),
  });
  metrics.watchTokens(() => []);
  const messages = { sent: 0, received: 0, dropped: 0 };
  metrics.watchSharing(() => ({ state: 'off', stateMs: 0, instances: 1, messages }));
  const there = new Set(parsePrometheus(await metrics.render()).keys());
  const asked = new Set(
    panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/\b(openai_balance|nodejs|process)_\w+/g) ?? []),
    ),
  );
  const withoutSuffix = [...asked].map((name) => name.replace(/_bucket$/, ''));
  expect(withoutSuffix.filter((name) => !there.has(name))).toEqual([]);
  const notShown = [...there].filter(
    (name) => name.startsWith('openai_balance_') && !withoutSuffix.includes(name),
  );
  expect(notShown).toEqual([]);
});

it('the Grafana dashboard has its panels side by side within the 24 columns', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const places = panels.map(({ gridPos: { x, y } }) => `${x},${y}`);
  expect(new Set(places).size).toBe(panels.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
});
