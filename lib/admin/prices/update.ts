import { recordOrRefuse } from '../audit/record';
import type { AdminContext } from '../context';
import type { PriceListAnswer } from '../contract/prices';
import { AdminError } from '../error';
import { priceList } from './list';

/** Fetches the list prices. Throws `not_allowed` where a file has them, and `upstream_failed` with the reason. */
export async function updatePrices(context: AdminContext): Promise<PriceListAnswer> {
  const { prices, settings, caller, live } = context;
  if (settings.current.PRICES_FILE !== '') {
    throw new AdminError('not_allowed', 'The list prices come from PRICES_FILE: change that file.');
  }
  await recordOrRefuse(context, { action: 'prices.update', target: 'prices' });
  const update = await prices.fetch(caller.signal);
  if (!update.ok) throw new AdminError('upstream_failed', `The prices stay as they are: ${update.why}`);
  live.changed('settings');
  return priceList(context);
}
