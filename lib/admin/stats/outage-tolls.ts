import type { RequestTrace } from '../../balancer/attempts/trace';
import { VERDICTS, type VerdictName } from '../../balancer/attempts/verdict';

/** What has to be known of a finished request. */
export interface TolledRequest {
  /** The provider that answered last, or was asked for. */
  readonly provider: string | undefined;
  readonly status: number;
  readonly outcome: string;
  readonly trace: RequestTrace;
}

interface Recorder<Request> {
  record(request: Request): void;
}

/** What became of the requests that a provider failed, since its outage began. */
export interface Toll {
  /** Answered by another provider, by its slug. */
  readonly helpedBy: ReadonlyMap<string, number>;
  /** Requests that no provider answered. Those whose client left, or made the mistake, are not counted. */
  readonly failed: number;
}

interface Count {
  /** The outage that it belongs to, by its beginning. */
  readonly since: number;
  readonly helpedBy: Map<string, number>;
  failed: number;
}

const NONE: Toll = { helpedBy: new Map(), failed: 0 };

/** Counts what outages of providers cost, as requests end. Costs next to nothing while no provider is out. */
export class OutageTolls {
  readonly #counts = new Map<string, Count>();

  /** The recorder, with each request counted as well. `sinceOf`: when the failures of a provider began, if it fails. */
  counting<Request extends TolledRequest>(
    recorder: Recorder<Request>,
    sinceOf: (provider: string) => number | undefined,
  ): Recorder<Request> {
    return {
      record: (request) => {
        this.#note(request, sinceOf);
        recorder.record(request);
      },
    };
  }

  /** Of the outage of a provider that began then. */
  of(provider: string, since: number): Toll {
    const count = this.#counts.get(provider);
    return count?.since === since ? count : NONE;
  }

  #note(request: TolledRequest, sinceOf: (provider: string) => number | undefined): void {
    for (const provider of failedProviders(request)) {
      const since = sinceOf(provider);
      if (since === undefined) continue;
      const known = this.#counts.get(provider);
      const count =
        known?.since === since ? known : { since, helpedBy: new Map<string, number>(), failed: 0 };
      this.#counts.set(provider, count);
      const helper = request.provider;
      if (request.outcome === 'success') {
        if (helper !== undefined && helper !== provider) {
          count.helpedBy.set(helper, (count.helpedBy.get(helper) ?? 0) + 1);
        }
      } else if (isFailure(request)) count.failed += 1;
    }
  }
}

/** Those that failed the request, or rest because they fail. */
function failedProviders({ trace }: TolledRequest): ReadonlySet<string> {
  const providers = new Set<string>();
  for (const { provider, verdict } of trace.attempts) if (isOutage(verdict)) providers.add(provider);
  for (const { provider, reason } of trace.skippedProviders) {
    if (reason === 'breaker_open') providers.add(provider);
  }
  return providers;
}

function isOutage(name: VerdictName): boolean {
  const { breaker, blame } = VERDICTS[name];
  return (breaker === 'failure' && blame === 'upstream') || name === 'key_rejected';
}

function isFailure({ outcome, status }: TolledRequest): boolean {
  return outcome !== 'client_closed' && (status >= 500 || status === 429 || outcome in OUTAGES);
}

/** Whatever status the client got: the provider's answer is passed on as it is. */
const OUTAGES = Object.fromEntries(
  Object.keys(VERDICTS)
    .filter((name) => isOutage(name as VerdictName))
    .map((name) => [name, true]),
);
