import { OURS } from './contenders';
import type { Measurement } from './measure';
import type { Results } from './results';
import { portkey } from './peers/portkey';
import { FULL } from './scenarios/beside-peers';
import { DIRECT, SCENARIOS } from './scenarios/requests';
import { amount } from './tables';

export interface Budget {
  readonly what: string;
  readonly allowed: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** What the gateway has promised to cost, and what it was found to cost. */
export function budgets(results: Results): Budget[] {
  return [
    ...speed(results),
    ...besidePortkey(results),
    ...latency(results),
    ...streaming(results),
    ...keys(results),
    ...memory(results),
    ...endurance(results),
  ];
}

function speed({ requests }: Results): Budget[] {
  if (requests === undefined) return [];
  const ours = find(requests, SCENARIOS.small, OURS);
  return [
    atMost('CPU for a small request', ours.cpuUsPerRequest, 120, 'µs'),
    atLeast('requests/s of one process', ours.requestsPerSecond, 8_000, ''),
  ];
}

function besidePortkey({ peers }: Results): Budget[] {
  const full = peers?.comparisons.find(({ scenario }) => scenario === FULL.name);
  const ratios = full?.rows.find(({ contender }) => contender === portkey.name)?.ratios;
  if (ratios === undefined) return [];
  return [
    atLeast('requests/s, times those of Portkey', ratios.perSecond, 6, '×'),
    atLeast('CPU of Portkey for a request, times ours', 1 / ratios.cpuUs, 6, '×'),
  ];
}

function latency({ steady }: Results): Budget[] {
  if (steady === undefined) return [];
  const ours = find(steady, SCENARIOS.steady, OURS).latencyMs;
  const direct = find(steady, SCENARIOS.steady, DIRECT).latencyMs;
  return [
    atMost('added latency at 200 requests/s, p50', ours.p50 - direct.p50, 0.5, 'ms'),
    atMost('added latency at 200 requests/s, p99', ours.p99 - direct.p99, 3, 'ms'),
  ];
}

function streaming({ streams }: Results): Budget[] {
  const ours = streams?.find((row) => row.contender === OURS);
  if (ours === undefined) return [];
  return [
    atMost('lateness of an event in 1,000 streams, p99', ours.lateMs.p99, 50, 'ms'),
    atMost('memory for a stream', ours.memoryKbPerStream, 64, 'KB'),
  ];
}

function keys({ manyKeys }: Results): Budget[] {
  if (manyKeys === undefined) return [];
  const { startMs, startMsWithFewKeys, importMs, listMsMax, small, smallWithFewKeys } = manyKeys;
  return [
    atMost('loading of 50,000 keys', (startMs - startMsWithFewKeys) / 1_000, 2, 's'),
    atMost(
      'CPU with 50,000 keys, times that with 500',
      small.cpuUsPerRequest / smallWithFewKeys.cpuUsPerRequest,
      1.2,
      '×',
    ),
    atMost('import of 50,000 keys', importMs / 1_000, 10, 's'),
    atMost('latency of requests meanwhile, p99', manyKeys.whileImporting.latencyMs.p99, 50, 'ms'),
    atMost('a page of 50,000 keys', listMsMax, 100, 'ms'),
    atMost('latency of requests meanwhile, p99', manyKeys.whileListing.latencyMs.p99, 50, 'ms'),
  ];
}

function memory({ idleMemoryMb }: Results): Budget[] {
  return idleMemoryMb === undefined ? [] : [atMost('memory, idle', idleMemoryMb, 120, 'MB')];
}

function endurance({ soak }: Results): Budget[] {
  if (soak === undefined) return [];
  const [, second, ...later] = soak.blocks.map((block) => block.memoryMbMin);
  const grown = (later.at(-1) ?? 0) / (second ?? 1);
  return [
    atMost(
      `memory after ${soak.requests.toLocaleString('en')} requests, times that after a fifth of them`,
      grown,
      1.1,
      '×',
    ),
    {
      what: `rows in the request log, requests in the statistics`,
      allowed: soak.requests.toLocaleString('en'),
      measured: `${soak.loggedRows.toLocaleString('en')}, ${soak.countedRequests.toLocaleString('en')}`,
      isMet: soak.loggedRows === soak.requests && soak.countedRequests === soak.requests,
    },
  ];
}

function atMost(what: string, value: number, limit: number, unit: string): Budget {
  return { what, allowed: `≤ ${amount(limit, unit)}`, measured: amount(value, unit), isMet: value <= limit };
}

function atLeast(what: string, value: number, limit: number, unit: string): Budget {
  return { what, allowed: `≥ ${amount(limit, unit)}`, measured: amount(value, unit), isMet: value >= limit };
}

function find(rows: readonly Measurement[], scenario: string, contender: string): Measurement {
  const row = rows.find((one) => one.scenario === scenario && one.contender === contender);
  if (row === undefined) throw new Error(`${scenario} of ${contender} was not measured`);
  return row;
}
