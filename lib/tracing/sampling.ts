import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { TraceParent } from '../gateway/tracing/trace-context';
import type { TracingOptions } from './options';

/** Whether a request of this trace gets spans; `parent` is what its client has decided. */
export type Sampling = (traceId: string, parent: TraceParent | undefined) => boolean;

export function samplingOf({ sampler, ratio }: Pick<TracingOptions, 'sampler' | 'ratio'>): Sampling {
  const atRoot = rootOf(sampler, ratio);
  if (!sampler.startsWith('parentbased_')) return atRoot;
  return (traceId, parent) => parent?.isSampled ?? atRoot(traceId);
}

function rootOf(sampler: TracingOptions['sampler'], ratio: number): (traceId: string) => boolean {
  switch (sampler) {
    case 'always_on':
    case 'parentbased_always_on':
      return () => true;
    case 'always_off':
    case 'parentbased_always_off':
      return () => false;
    case 'traceidratio':
    case 'parentbased_traceidratio': {
      const byRatio = new TraceIdRatioBasedSampler(ratio);
      return (traceId) =>
        byRatio.shouldSample(undefined, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
    }
  }
}
