import { besideSection } from './beside-report';
import { budgets } from './budgets';
import type { Measurement } from './measure';
import type { Results } from './results';
import type { Growth } from './scenarios/growth';
import type { ManyKeys } from './scenarios/many-keys';
import type { StreamMeasurement } from './scenarios/streams';
import { amount, answerCounts, table } from './tables';

/** The results as a page. */
export function markdown(results: Results): string {
  const { machine } = results;
  return `# Benchmarks

Made by \`npm run bench\` on ${machine.date}: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}, Node
${machine.node}. Upstream: ${machine.upstream}. Measured: OpenAI Balance ${machine.version}.

Upstream, gateway and load generator are processes of their own on this one machine. The gateway runs with everything on: tokens,
four providers, 500 keys, a row of the request log for each request, statistics, log lines. CPU is the time that the
system has charged to the process, in all its threads; of three rounds the one in the middle is shown. Rates and latencies
depend on what else the machine does: its load average stands beside them.

## Budgets

${table(
  ['', 'what', 'budget', 'measured'],
  budgets(results).map(({ what, allowed, measured, isMet }) => [isMet ? '✓' : '✗', what, allowed, measured]),
)}

${parts(results).join('\n')}`;
}

/** A section for each part that was measured. */
function parts({
  requests,
  steady,
  streams,
  manyKeys,
  growth,
  idleMemoryMb,
  soak,
  peers,
}: Results): string[] {
  return [
    requests && `## Requests\n\n${requestTable(requests)}\n`,
    steady && `At a steady 200 requests/s, the least disturbed of four rounds:\n\n${requestTable(steady)}\n`,
    streams &&
      `## Streams

1,000 streams, 20 events a second each. Late is the time from the upstream's sending of an event to its arrival at the client.

${streamTable(streams)}
`,
    peers && besideSection(peers),
    manyKeys && keySection(manyKeys),
    growth && growthSection(growth),
    idleMemoryMb && `## Endurance\n\nIdle, with 500 keys: ${amount(idleMemoryMb, 'MB')}.\n`,
    soak && `${soak.requests.toLocaleString('en')} requests in ten blocks:\n\n${requestTable(soak.blocks)}\n`,
  ].filter((section) => typeof section === 'string');
}

function keySection(keys: ManyKeys): string {
  return `## Many keys

${requestTable([keys.smallWithFewKeys, keys.small, keys.whileImporting, keys.whileListing])}

Start until ready: ${amount(keys.startMs, 'ms')} with 50,000 keys, ${amount(keys.startMsWithFewKeys, 'ms')} with 500. Memory with
50,000 keys, 15 s after the start: ${amount(keys.memoryMb, 'MB')}.
`;
}

function growthSection({ date, cpuUs, rows, othersShare }: Growth): string {
  return `## How cost grows

CPU of a small request as there is more of one thing, by what it is where there is little of everything (${amount(cpuUs, 'µs')}):
gateways of each size in turn, the median of nine rounds. Measured on ${date}; others used ${(othersShare * 100).toFixed(0)} % of a core meanwhile.
With limits, the keys and the client's token have them, the token has a budget, and each answer is kept and gets an owner.

${table(
  ['more of', 'from', 'to', 'CPU a request', 'times'],
  rows.map(({ what, few, many, cpuUs: us, ratio }) => [what, few, many, amount(us, 'µs'), ratio.toFixed(2)]),
)}
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
      `${amount(row.memoryMbMin, '')} to ${amount(row.memoryMb, 'MB')}`,
      answerCounts(row.statuses),
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
      ...(row.events === 0 ? ['', '', '', '', ''] : streamFigures(row)),
      answerCounts(row.statuses),
      row.loadAverage.toFixed(1),
    ]),
  );
}

function streamFigures({ lateMs, cpuUsPerEvent, memoryKbPerStream }: StreamMeasurement): string[] {
  return [
    amount(lateMs.p50, 'ms'),
    amount(lateMs.p99, 'ms'),
    amount(lateMs.max, 'ms'),
    amount(cpuUsPerEvent, 'µs'),
    amount(memoryKbPerStream, 'KB'),
  ];
}
