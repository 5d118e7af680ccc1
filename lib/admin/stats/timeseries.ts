import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { readUsage, windowOf } from './range';
import { pointsOf } from './series';

export async function timeseries(context: AdminContext, input: EndpointInput<typeof statsApi.timeseries>) {
  const { range, provider, keyId, model, token } = input;
  if (keyId !== undefined && token !== undefined) {
    throw wrongField('token', 'must not be given beside keyId');
  }
  const window = windowOf(range, context.now());
  const rows = await readUsage(context, window, {
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(model !== undefined && { model }),
    ...(token !== undefined && { token }),
  });
  return { range, bucketMs: window.bucketMs, points: pointsOf(rows, window) };
}
