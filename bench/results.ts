import type { Measurement } from './measure';
import type { ManyKeys } from './scenarios/many-keys';
import type { Soak } from './scenarios/soak';
import type { StreamMeasurement } from './scenarios/streams';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly node: string;
  readonly upstream: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** All that one run has found; a part that was left out is undefined. */
export interface Results {
  readonly machine: Machine;
  readonly idleMemoryMb: number;
  readonly requests: readonly Measurement[];
  readonly steady: readonly Measurement[];
  readonly streams: readonly StreamMeasurement[];
  readonly manyKeys: ManyKeys;
  readonly soak: Soak;
}
