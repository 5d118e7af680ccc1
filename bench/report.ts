import { amount, budgets } from './budgets';
import type { Measurement } from './measure';
import type { Results } from './results';
import type { StreamMeasurement } from './scenarios/streams';

/** The results as a page. */
export function markdown(results: Results): string {
  const { machine, requests, steady, streams, manyKeys, soak, idleMemoryMb } = results;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return `# Benchmarks

Made by \`npm run bench\` on ${machine.date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}, Node
${machine.node}. Upstream: ${machine.upstream}. Measured: ${versions.join(', ')}.

Upstream, gateway and load generator are processes of their own on this one machine. The gateway runs with everything on: tokens,
four providers, 500 keys, a row of the request log for each request, statistics, log lines. CPU is the time that the
system has charged to the process, in all its threads; of three rounds, in which everyone takes its turn, the one in the
middle is shown. Rates and latencies depend on what else the machine does: its load average stands beside them.

## Budgets

${table(
  ['', 'what', 'budget', 'measured'],
  budgets(results).map(({ what, allowed, measured, isMet }) => [isMet ? '✓' : '✗', what, allowed, measured]),
)}

## Requests

${requestTable(requests)}

At a steady 200 requests/s:

${requestTable(steady)}

## Streams

1,000 streams, 20 events a second each. Late is the time from the upstream's sending of an event to its arrival at the client.

${streamTable(streams)}

## Many keys

${requestTable([manyKeys.smallWithFewKeys, manyKeys.small, manyKeys.whileImporting])}

Start until ready: ${amount(manyKeys.startMs, 'ms')} with 50,000 keys, ${amount(manyKeys.startMsWithFewKeys, 'ms')} with 500. Memory with
50,000 keys: ${amount(manyKeys.memoryMb, 'MB')}.

## Endurance

Idle, with 500 keys: ${amount(idleMemoryMb, 'MB')}. ${soak.requests.toLocaleString('en')} requests in ten blocks:

${requestTable(soak.blocks)}
`;
}

function requestTable(rows: readonly Measurement[]): string {
  return table(
    ['scenario', 'through', 'requests/s', 'CPU a request', 'p50', 'p90', 'p99', 'memory', 'answers', 'load'],
    rows.map((row) => [
      row.scenario,
      row.contender,
      amount(row.requestsPerSecond, ''),
      row.cpuUsPerRequest === 0 ? '' : amount(row.cpuUsPerRequest, 'µs'),
      amount(row.latencyMs.p50, 'ms'),
      amount(row.latencyMs.p90, 'ms'),
      amount(row.latencyMs.p99, 'ms'),
      amount(row.memoryMb, 'MB'),
      answers(row.statuses),
      row.loadAverage.toFixed(1),
    ]),
  );
}

function streamTable(rows: readonly StreamMeasurement[]): string {
  return table(
    [
      'scenario',
      'through',
      'events',
      'late p50',
      'late p99',
      'late max',
      'CPU an event',
      'memory a stream',
      'answers',
      'load',
    ],
    rows.map((row) => [
      row.scenario,
      row.contender,
      amount(row.events, ''),
      amount(row.lateMs.p50, 'ms'),
      amount(row.lateMs.p99, 'ms'),
      amount(row.lateMs.max, 'ms'),
      amount(row.cpuUsPerEvent, 'µs'),
      amount(row.memoryKbPerStream, 'KB'),
      answers(row.statuses),
      row.loadAverage.toFixed(1),
    ]),
  );
}

function answers(statuses: Readonly<Record<string, number>>): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${count.toLocaleString('en')} × ${status}`)
    .join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
