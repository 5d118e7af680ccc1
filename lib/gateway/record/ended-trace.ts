import type { RequestTrace } from '../../balancer/attempts/trace';
import type { VerdictName } from '../../balancer/attempts/verdict';

/** The story of a request whose last attempt had begun well and then brought no whole answer. */
export function endedTrace(
  trace: RequestTrace,
  end: { readonly verdict: VerdictName; readonly error: string | undefined; readonly endMs: number },
): RequestTrace {
  const { attempts } = trace;
  const last = attempts.at(-1);
  if (last === undefined) return trace;
  const ended = {
    ...last,
    verdict: end.verdict,
    durationMs: Math.max(last.durationMs, end.endMs - last.startMs),
    ...(end.error !== undefined && { error: end.error }),
  };
  return { ...trace, attempts: [...attempts.slice(0, -1), ended] };
}
