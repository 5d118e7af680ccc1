import type { Beside } from './beside';
import { OURS } from './contenders';
import { OTHERS_SHARE_MAX, type Row } from './rounds';
import { amount, table } from './tables';
import type { Comparison } from './turns';

/** The section that puts ours beside its peers, whoever is ahead. */
export function besideSection({ date, machine, peers, leftOut, comparisons }: Beside): string {
  const missing = Object.entries(leftOut).map(([name, why]) => `- ${name} is left out: ${why}.`);
  return `## Beside its peers

Made by \`npm run bench -- --peers\` on ${date}: ${machine}. Everyone has the same upstream and gets the same requests. They
take turns, in alternating order, and all but the one whose turn it is are paused; the figures are medians of the rounds.
In brackets: ours divided by theirs, the median of what that was within each round. CPU, p50 and p99 are better below 1,
requests/s above. CPU counts from a gateway's awaking to its rest: what it puts off counts too. A round in which others
used more than ${OTHERS_SHARE_MAX * 100} % of a core was thrown away. An answer that is not the upstream's is no figure: what came is told
below the table. Each runs with the threads that it starts by itself.

${peers.map(({ name, version, setUp }) => `- ${name} ${version}: ${setUp}.`).join('\n')}
${missing.map((line) => `${line}\n`).join('')}
${comparisons.map(comparisonSection).join('\n')}`;
}

function comparisonSection(comparison: Comparison): string {
  const { scenario, unit, rows, wrong } = comparison;
  const isStreams = unit === 'event';
  const head = ['through', `CPU ${isStreams ? 'an event' : 'a request'}`, `${unit}s/s`];
  const late = isStreams ? 'late ' : '';
  const hasRow = (name: string) => rows.some(({ contender }) => contender === name);
  const failed = Object.entries(wrong).map(([name, why]) =>
    hasRow(name) ? `${name} has failed in a round: ${why}.\n` : `No figure for ${name}: ${why}.\n`,
  );
  return `### ${scenario}

${table([...head, `${late}p50`, `${late}p99`, 'memory', 'load'], rows.map(cells))}

${roundsSaid(comparison)}
${failed.map((line) => `\n${line}`).join('')}`;
}

function cells(row: Row): string[] {
  const { contender, ratios } = row;
  const beside = (key: keyof NonNullable<Row['ratios']>, unit: string) =>
    Number.isFinite(ratios?.[key])
      ? `${amount(row[key], unit)} (${amount(ratios?.[key] ?? 0, '×')})`
      : amount(row[key], unit);
  return [
    contender === OURS ? `**${contender}**` : contender,
    beside('cpuUs', 'µs'),
    beside('perSecond', ''),
    beside('p50Ms', 'ms'),
    beside('p99Ms', 'ms'),
    amount(row.memoryMb, 'MB'),
    row.loadAverage.toFixed(1),
  ];
}

function roundsSaid({ roundsCounted, roundsThrownAway, isBusy }: Comparison): string {
  if (isBusy) return `${roundsCounted} rounds; **the machine was busy with other things in most of them**.`;
  const thrown =
    roundsThrownAway === 0 ? '' : `; ${roundsThrownAway} thrown away because the machine was busy`;
  return `${roundsCounted} rounds${thrown}.`;
}
