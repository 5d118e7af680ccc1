import type { AttemptTrace, RequestTrace } from '../../balancer/attempts/trace';
import { VERDICTS, type Blame, type VerdictName } from '../../balancer/attempts/verdict';
import type { AttentionOf } from '../contract/stats';

type Answer = AttentionOf<'failing'>['answer'];

/** What has to be known of a finished request. */
export interface SharedRequest {
  readonly model: string | undefined;
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

interface Counts {
  buckets: Bucket[];
  answeredInARow: number;
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

/** What is told of a key or a proxy by its own sentence, or is this program's own doing, is not held against the provider. */
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

/** Counts, by provider, what share of the attempts of the last five minutes failed. Bounded, whatever clients ask for. */
export class FailureShares {
  readonly #counts = new Map<string, Counts>();

  /** The recorder, with each request counted as well. A provider that is out, and a model that rests, are told otherwise. */
  counting<Request extends SharedRequest>(
    recorder: Recorder<Request>,
    { now, isOut, isResting }: CountingPorts,
  ): Recorder<Request> {
    return {
      record: (request) => {
        const at = now();
        for (const attempt of request.trace.attempts) {
          const { provider } = attempt;
          const { model = '' } = request;
          if (isOut(provider)) this.forget(provider);
          else if (isResting(provider, model)) this.forgetModel(provider, model);
          else this.#note(attempt, model, at);
        }
        recorder.record(request);
      },
    };
  }

  /** Undefined for a provider that is well enough, has been asked too seldom, or does no longer fail. */
  of(provider: string, now: number): FailureShare | undefined {
    const counts = this.#counts.get(provider);
    const buckets = counts?.buckets.filter(({ at }) => at > now - WINDOW_MS) ?? [];
    const attempts = buckets.reduce((sum, bucket) => sum + bucket.attempts, 0);
    const failures = buckets.flatMap((bucket) => [...bucket.failures.values()]);
    const failed = failures.reduce((sum, { count }) => sum + count, 0);
    const [most] = alike(failures).sort((a, b) => b.count - a.count);
    if (counts === undefined || most === undefined) return undefined;
    if (attempts < ATTEMPTS_MIN || failed / attempts < SHARE_MIN) return undefined;
    const since = Math.min(...failures.map(({ firstAt }) => firstAt));
    const lastAt = Math.max(...failures.map((failure) => failure.lastAt));
    if (counts.answeredInARow >= HEALED_AFTER || now - lastAt >= quietMs(since, lastAt, failed))
      return undefined;
    const models = new Set(failures.map(({ model }) => model));
    const { answer, status } = most;
    return { attempts, failed, since, lastAt, answer, status, models };
  }

  forget(provider: string): void {
    this.#counts.delete(provider);
  }

  /** Its failures have a sentence of their own, and are not told again when that is over. */
  forgetModel(provider: string, model: string): void {
    for (const bucket of this.#counts.get(provider)?.buckets ?? []) {
      for (const [name, failure] of bucket.failures) {
        if (failure.model !== model) continue;
        bucket.failures.delete(name);
        bucket.attempts -= failure.count;
      }
    }
  }

  #note({ provider, verdict, status }: AttemptTrace, model: string, at: number): void {
    if (ELSEWHERE.has(VERDICTS[verdict].blame)) return;
    const counts = this.#counts.get(provider) ?? { buckets: [], answeredInARow: 0 };
    this.#counts.set(provider, counts);
    const bucket = bucketAt(counts, at);
    bucket.attempts += 1;
    const answer = ANSWERS[verdict];
    if (answer === undefined) {
      counts.answeredInARow += 1;
      return;
    }
    counts.answeredInARow = 0;
    const known = bucket.failures.size < FAILURES_MAX ? model : '';
    count(bucket.failures, `${answer} ${status} ${known}`, {
      answer,
      status: answer === 'status' ? (status ?? null) : null,
      model: known,
      firstAt: at,
      lastAt: at,
      count: 1,
    });
  }
}

function bucketAt(counts: Counts, now: number): Bucket {
  const at = Math.floor(now / BUCKET_MS) * BUCKET_MS;
  const last = counts.buckets.at(-1);
  if (last?.at === at) return last;
  const bucket: Bucket = { at, attempts: 0, failures: new Map() };
  counts.buckets = [...counts.buckets.filter((one) => one.at > at - WINDOW_MS), bucket];
  return bucket;
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
