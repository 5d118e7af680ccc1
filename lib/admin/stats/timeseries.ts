import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { knownWindow } from './compared';
import { spanOf, windowOf, type StatsWindow } from './range';
import { kindOf, readUsage } from './usage-kinds';
import { pointsOf } from './series';

export async function timeseries(context: AdminContext, input: EndpointInput<typeof statsApi.timeseries>) {
  const { provider, keyId, model, token } = input;
  if (keyId !== undefined && token !== undefined) {
    throw wrongField('token', 'must not be given beside keyId');
  }
  const filter = {
    ...(provider !== undefined && { provider }),
    ...(keyId !== undefined && { keyId }),
    ...(model !== undefined && { model }),
    ...(token !== undefined && { token }),
  };
  const kind = kindOf(filter);
  const window = windowOf(context, input, kind);
  const former = await knownWindow(context, { question: input, window, compare: input.compare, kind });
  const pointsIn = async (one: StatsWindow) => pointsOf(await readUsage(context, one, filter), one);
  return {
    ...spanOf(input, window),
    bucketMs: window.bucketMs,
    points: await pointsIn(window),
    former:
      former === undefined
        ? null
        : { from: former.from, to: former.to, bucketMs: former.bucketMs, points: await pointsIn(former) },
  };
}
