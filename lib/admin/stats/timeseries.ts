import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { readUsage, windowOf } from './range';
import { pointsOf } from './series';

export async function timeseries(context: AdminContext, input: EndpointInput<typeof statsApi.timeseries>) {
  const { range, provider, keyId, model } = input;
  const window = windowOf(range, context.now());
  const rows = await readUsage(context, window, {
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(model !== undefined && { model }),
  });
  return { range, bucketMs: window.bucketMs, points: pointsOf(rows, window) };
}
