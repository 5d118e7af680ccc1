/** One line of the answer of /metrics. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Reads the Prometheus text format (version 0.0.4) strictly: throws on anything that the format does not allow, on a
 * sample without its HELP and TYPE, on one that comes twice, and on a histogram that does not add up.
 */
export function parsePrometheus(text: string): Map<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const metrics = new Map<string, Metric>();
  const helps = new Map<string, string>();
  const seen = new Set<string>();
  let current: Metric | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') helps.set(name, rest);
    else if (kind === 'TYPE') {
      if (!NAME.test(name) || !TYPES.includes(rest) || metrics.has(name)) throw new Error(`wrong: ${line}`);
      current = { name, help: helps.get(name) ?? fail(`no HELP before ${line}`), type: rest, samples: [] };
      metrics.set(name, current);
    } else if (!line.startsWith('#')) {
      const sample = parseSample(line);
      const identity = JSON.stringify([sample.name, Object.entries(sample.labels).sort()]);
      if (seen.has(identity)) throw new Error(`twice: ${line}`);
      seen.add(identity);
      if (current === undefined || !belongs(sample.name, current)) throw new Error(`without a TYPE: ${line}`);
      current.samples.push(sample);
    }
  }
  for (const metric of metrics.values()) if (metric.type === 'histogram') checkHistogram(metric);
  return metrics;
}

/** The sum of all samples of a metric that have these labels; 0 if there is none. */
export function sumOf(
  metrics: Map<string, Metric>,
  name: string,
  labels: Record<string, string> = {},
): number {
  return (metrics.get(name)?.samples ?? [])
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, sample) => sum + sample.value, 0);
}

function parseSample(line: string): Sample {
  const head = /^([a-zA-Z_:][a-zA-Z0-9_:]*)/.exec(line)?.[1] ?? fail(`no name: ${line}`);
  const labels: Record<string, string> = {};
  let at = head.length;
  if (line[at] === '{') {
    at += 1;
    const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|(?=\}))/y;
    while (line[at] !== '}') {
      label.lastIndex = at;
      const [whole, name = '', value = ''] = label.exec(line) ?? fail(`wrong labels: ${line}`);
      if (Object.hasOwn(labels, name)) fail(`a label twice: ${line}`);
      labels[name] = value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
      at += whole.length;
    }
    at += 1;
  }
  const [, value = ''] = /^ (\S+)( -?\d+)?$/.exec(line.slice(at)) ?? fail(`no value: ${line}`);
  return { name: head, labels, value: parseValue(value) };
}

function parseValue(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  const value = Number(text);
  // Prometheus reads numbers as Go does: in any case.
  return Number.isNaN(value) && text.toLowerCase() !== 'nan' ? fail(`not a number: ${text}`) : value;
}

function belongs(name: string, { name: metric, type }: Metric): boolean {
  if (name === metric) return type !== 'histogram';
  if (type === 'histogram') return [`${metric}_bucket`, `${metric}_sum`, `${metric}_count`].includes(name);
  return type === 'summary' && [`${metric}_sum`, `${metric}_count`].includes(name);
}

/** Buckets only grow, and the last one is `+Inf` and holds all. */
function checkHistogram({ name, samples }: Metric): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = JSON.stringify(Object.entries(sample.labels).filter(([label]) => label !== 'le'));
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, own] of series) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const counts = buckets.map((sample) => sample.value);
    const total = own.find((sample) => sample.name === `${name}_count`)?.value;
    const grows = counts.every((count, index) => index === 0 || count >= (counts[index - 1] ?? 0));
    if (!grows || buckets.at(-1)?.labels.le !== '+Inf' || counts.at(-1) !== total) {
      fail(`the histogram ${name} ${key} does not add up`);
    }
  }
}

function fail(message: string): never {
  throw new Error(message);
}
