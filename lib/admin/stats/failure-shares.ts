import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import { VERDICTS, type Blame, type VerdictName } from '../../balancer/attempts/verdict';
import type { AttentionOf } from '../contract/stats';

type Answer = AttentionOf<'failing'>['answer'];

/** What has to be known of a finished request. */
export interface SharedRequest {
  readonly model: string | undefined;
  /** What was asked for, where `model` is what was sent last. */
  readonly modelAsked?: string | undefined;
  readonly trace: RequestTrace;
}

interface Recorder<Request> {
  record(request: Request): void;
}

/** How a provider does that answers some attempts and fails others. */
export interface FailureShare {
  readonly attempts: number;
  readonly failed: number;
  /** When the first and the last of them failed. */
  readonly since: number;
  readonly lastAt: number;
  /** How most of them failed. */
  readonly answer: Answer;
  readonly status: number | null;
  /** Those that failed, some of them if there are very many; '' for none. */
  readonly models: ReadonlySet<string>;
}

interface Failure {
  readonly answer: Answer;
  readonly status: number | null;
  readonly model: string;
  readonly firstAt: number;
  lastAt: number;
  count: number;
}

interface CountingPorts {
  readonly now: () => number;
  readonly isOut: (provider: string) => boolean;
  readonly isResting: (provider: string, model: string) => boolean;
}

interface Bucket {
  readonly at: number;
  attempts: number;
  readonly failures: Map<string, Failure>;
}

/** Failures that may be told together though they are few. */
interface Row {
  readonly since: number;
  requests: number;
  attempts: number;
  readonly failures: Map<string, Failure>;
}

interface Counts {
  buckets: Bucket[];
  answeredInARow: number;
  /** Those that no answer has come after. */
  row: Row | undefined;
  /** Those of an outage, and all attempts since its first one. */
  outage: Row | undefined;
}

const BUCKET_MS = 10_000;
const WINDOW_MS = 300_000;
const ATTEMPTS_MIN = 20;
const SHARE_MIN = 0.2;
/** So many in a row would be a wonder if it still failed a fifth of them. */
const HEALED_AFTER = 20;
/** Without traffic it is soon no news; a provider that is asked seldom fails seldom too. */
const QUIET_MS = 8_000;
const QUIET_GAPS = 5;
const QUIET_MS_MAX = 120_000;
/** Of a bucket, so many different ones. */
const FAILURES_MAX = 100;
/**
 * How long nothing but failures has to come until they are told though they are few: of several requests, of several
 * attempts.
 */
const ROW_MS = 2_000;
const ROW_OF_REQUEST_MS = 3_300;
const ROW_OF_ATTEMPT_MS = 4_000;
/** An outage that ends may begin again at once: what it cost is told for so long after its last failure. */
const OUTAGE_NEWS_MS = 5_000;

/**
 * What is told of a key or a proxy by its own sentence, or is this program's own doing, is not held against the
 * provider.
 */
const ANSWERS: Partial<Record<VerdictName, Answer>> = {
  upstream_error: 'status',
  model_unavailable: 'status',
  rejected: 'status',
  model_denied: 'status',
  egress_blocked: 'status',
  upstream_unreachable: 'unreachable',
  timed_out: 'silent',
  connection_lost: 'lost',
  lost_in_sending: 'lost',
  empty_stream: 'empty',
  cut: 'broke_off',
  stalled: 'broke_off',
};

/** Whose failures say nothing of the provider. */
const ELSEWHERE: ReadonlySet<Blame> = new Set(['client', 'platform', 'egress']);

/**
 * Counts, by provider, what share of the attempts of the last five minutes failed. Bounded, whatever clients ask for.
 */
export class FailureShares {
  readonly #counts = new Map<string, Counts>();

  /**
   * The recorder, with each request counted as well. A provider that is out, and a model that rests, are told
   * otherwise.
   */
  counting<Request extends SharedRequest>(
    recorder: Recorder<Request>,
    { now, isOut, isResting }: CountingPorts,
  ): Recorder<Request> {
    return {
      record: (request) => {
        const at = now();
        const rows = new Set<Row>();
        for (const attempt of request.trace.attempts) {
          const { provider } = attempt;
          const model = attempt.model ?? request.modelAsked ?? request.model ?? '';
          if (isOut(provider)) this.#noteOut(attempt, model, at);
          else if (isResting(provider, model)) this.forgetModel(provider, model);
          else this.#note(attempt, model, at);
          const row = this.#counts.get(provider)?.row;
          if (row !== undefined) rows.add(row);
        }
        for (const row of rows) row.requests += 1;
        recorder.record(request);
      },
    };
  }

  /**
   * Undefined for a provider that is well enough, has been asked too seldom, or does no longer fail. A few failures are
   * told if there is nothing else, and those of an outage for a few seconds after it.
   */
  of(provider: string, now: number): FailureShare | undefined {
    const counts = this.#counts.get(provider);
    if (counts === undefined) return undefined;
    const { outage, row } = counts;
    if (outage !== undefined && now - lastOf(outage) < OUTAGE_NEWS_MS) return shareOf(outage);
    counts.outage = undefined;
    return shareInWindow(counts, now) ?? (row !== undefined && isLong(row, now) ? shareOf(row) : undefined);
  }

  /** An outage has a sentence of its own; failures before it are not told once it is over. */
  forget(provider: string): void {
    const counts = this.#counts.get(provider);
    if (counts === undefined) return;
    if (counts.outage === undefined) this.#counts.delete(provider);
    else this.#counts.set(provider, { ...nothing(), outage: counts.outage });
  }

  /** Its failures have a sentence of their own, and are not told again when that is over. */
  forgetModel(provider: string, model: string): void {
    const counts = this.#counts.get(provider);
    if (counts?.row !== undefined && failuresOf(counts.row).some((one) => one.model === model))
      counts.row = undefined;
    for (const bucket of counts?.buckets ?? []) {
      for (const [name, failure] of bucket.failures) {
        if (failure.model !== model) continue;
        bucket.failures.delete(name);
        bucket.attempts -= failure.count;
      }
    }
  }

  #note(attempt: AttemptTrace, model: string, at: number): void {
    const { provider, verdict } = attempt;
    if (ELSEWHERE.has(VERDICTS[verdict].blame)) return;
    const counts = this.#countsOf(provider);
    const bucket = bucketAt(counts, at);
    bucket.attempts += 1;
    if (counts.outage !== undefined && at - lastOf(counts.outage) >= OUTAGE_NEWS_MS)
      counts.outage = undefined;
    if (counts.outage !== undefined) counts.outage.attempts += 1;
    const failure = failureOf(attempt, bucket.failures.size < FAILURES_MAX ? model : '', at);
    if (failure === undefined) {
      counts.answeredInARow += 1;
      counts.row = undefined;
      return;
    }
    counts.answeredInARow = 0;
    counts.row ??= { since: at, requests: 0, attempts: 0, failures: new Map() };
    counts.row.attempts += 1;
    for (const { failures } of [bucket, counts.row, counts.outage ?? []].flat()) countIn(failures, failure);
  }

  /** In an outage, which has a sentence of its own. */
  #noteOut(attempt: AttemptTrace, model: string, at: number): void {
    const { provider, verdict } = attempt;
    const known = this.#counts.get(provider)?.outage;
    const isNew = known === undefined || at - lastOf(known) >= OUTAGE_NEWS_MS;
    const outage = isNew ? { since: at, requests: 0, attempts: 0, failures: new Map() } : known;
    if (ELSEWHERE.has(VERDICTS[verdict].blame)) return;
    this.#counts.set(provider, { ...nothing(), outage });
    outage.attempts += 1;
    const failure = failureOf(attempt, outage.failures.size < FAILURES_MAX ? model : '', at);
    if (failure !== undefined) countIn(outage.failures, failure);
  }

  #countsOf(provider: string): Counts {
    const counts = this.#counts.get(provider) ?? nothing();
    this.#counts.set(provider, counts);
    return counts;
  }
}

const nothing = (): Counts => ({ buckets: [], answeredInARow: 0, row: undefined, outage: undefined });

const failuresOf = ({ failures }: Row): Failure[] => [...failures.values()];

const lastOf = (row: Row): number => Math.max(-Infinity, ...failuresOf(row).map(({ lastAt }) => lastAt));

/** Undefined for an attempt that was answered. */
function failureOf({ verdict, status }: AttemptTrace, model: string, at: number): Failure | undefined {
  const answer = ANSWERS[verdict];
  if (answer === undefined) return undefined;
  const told = answer === 'status' ? (status ?? null) : null;
  return { answer, status: told, model, firstAt: at, lastAt: at, count: 1 };
}

function isLong(row: Row, now: number): boolean {
  if (now - lastOf(row) >= QUIET_MS) return false;
  const lastedMs = now - row.since;
  if (row.requests > 1) return lastedMs > ROW_MS;
  return lastedMs >= (row.attempts > 1 ? ROW_OF_REQUEST_MS : ROW_OF_ATTEMPT_MS);
}

function shareOf(row: Row): FailureShare | undefined {
  return shareFrom(failuresOf(row), row.attempts);
}

function shareInWindow({ buckets, answeredInARow }: Counts, now: number): FailureShare | undefined {
  const recent = buckets.filter(({ at }) => at > now - WINDOW_MS);
  const attempts = recent.reduce((sum, bucket) => sum + bucket.attempts, 0);
  const share = shareFrom(
    recent.flatMap((bucket) => [...bucket.failures.values()]),
    attempts,
  );
  if (share === undefined || attempts < ATTEMPTS_MIN || share.failed / attempts < SHARE_MIN) return undefined;
  const { since, lastAt, failed } = share;
  const isOver = answeredInARow >= HEALED_AFTER || now - lastAt >= quietMs(since, lastAt, failed);
  return isOver ? undefined : share;
}

function shareFrom(failures: readonly Failure[], attempts: number): FailureShare | undefined {
  const [most] = alike(failures).sort((a, b) => b.count - a.count);
  if (most === undefined) return undefined;
  const { answer, status } = most;
  return {
    attempts,
    failed: failures.reduce((sum, { count }) => sum + count, 0),
    since: Math.min(...failures.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...failures.map(({ lastAt }) => lastAt)),
    answer,
    status,
    models: new Set(failures.map(({ model }) => model)),
  };
}

function bucketAt(counts: Counts, now: number): Bucket {
  const at = Math.floor(now / BUCKET_MS) * BUCKET_MS;
  const last = counts.buckets.at(-1);
  if (last?.at === at) return last;
  const bucket: Bucket = { at, attempts: 0, failures: new Map() };
  counts.buckets = [...counts.buckets.filter((one) => one.at > at - WINDOW_MS), bucket];
  return bucket;
}

/** Each in its own way, at its own model. */
function countIn(failures: Map<string, Failure>, failure: Failure): void {
  count(failures, `${failure.answer} ${failure.status} ${failure.model}`, failure);
}

function count(failures: Map<string, Failure>, name: string, failure: Failure): void {
  const known = failures.get(name);
  if (known === undefined) failures.set(name, { ...failure });
  else {
    known.count += failure.count;
    known.lastAt = failure.lastAt;
  }
}

/** Put together by how they failed. */
function alike(failures: readonly Failure[]): Failure[] {
  const sums = new Map<string, Failure>();
  for (const failure of failures) count(sums, `${failure.answer} ${failure.status}`, failure);
  return [...sums.values()];
}

function quietMs(since: number, lastAt: number, failed: number): number {
  const gapMs = (lastAt - since) / failed;
  return Math.min(QUIET_MS_MAX, Math.max(QUIET_MS, QUIET_GAPS * gapMs));
}
