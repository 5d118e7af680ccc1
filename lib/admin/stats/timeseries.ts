import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { readUsage, windowOf } from './range';
import { pointsOf } from './series';

export async function timeseries(context: AdminContext, input: EndpointInput<typeof statsApi.timeseries>) {
  const { range, provider, keyId, model } = input;
  const now = context.now();
  const window = windowOf(range, now);
  const rows = await readUsage(context.store, window, now, {
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(model !== undefined && { model }),
  });
  return { range, bucketMs: window.bucketMs, points: pointsOf(rows, window) };
}
