import type { Beside } from './beside';
import type { Measurement } from './measure';
import type { Growth } from './scenarios/growth';
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
  /** Of OpenAI Balance. */
  readonly version: string;
}

/** What was found, in parts that can be measured one by one. */
export interface Results {
  readonly machine: Machine;
  readonly idleMemoryMb?: number;
  readonly requests?: readonly Measurement[];
  readonly steady?: readonly Measurement[];
  readonly streams?: readonly StreamMeasurement[];
  readonly manyKeys?: ManyKeys;
  readonly growth?: Growth;
  readonly soak?: Soak;
  readonly peers?: Beside;
}
