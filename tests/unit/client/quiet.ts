import type { LiveSnapshot } from '../../../lib/admin/contract/live';

/** Of a snapshot: all topics have something new at this moment. */
export const nothingQuiet: LiveSnapshot['quietMsByTopic'] = {
  traffic: 0,
  settings: 0,
  providers: 0,
  keys: 0,
  'key-states': 0,
  proxies: 0,
  'proxy-states': 0,
  tokens: 0,
  views: 0,
};
