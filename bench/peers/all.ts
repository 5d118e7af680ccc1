import { bareLoop } from './bare-loop';
import { bifrost } from './bifrost';
import { goModel } from './gomodel';
import { gptLoad1 } from './gpt-load-1';
import { gptLoad2 } from './gpt-load-2';
import { liteLlm } from './litellm';
import { newApi } from './new-api';
import { nginx } from './nginx';
import type { Peer } from './peer';
import { portkey } from './portkey';

/** In the order of the tables. */
export const PEERS: readonly Peer[] = [
  gptLoad1,
  gptLoad2,
  goModel,
  bifrost,
  newApi,
  liteLlm,
  portkey,
  bareLoop,
  nginx,
];
