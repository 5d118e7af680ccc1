import { z } from 'zod';
import { countSchema, queryInteger } from './values';

export const PAGE_SIZE_MAX = 500;

/** `?page&pageSize&sort&order`; pages count from 1. */
export function pageQuery<const Sort extends readonly [string, ...string[]]>(
  sorts: Sort,
  defaults: { readonly sort: Sort[number]; readonly order: 'asc' | 'desc' },
) {
  return {
    page: queryInteger(1, 1_000_000).default(1),
    pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
    sort: z.enum(sorts).default(defaults.sort as never),
    order: z.enum(['asc', 'desc']).default(defaults.order),
  };
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    total: countSchema,
    page: countSchema,
    pageSize: countSchema,
  });
}

/** A short list that always comes whole, in the shape of a page. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return pageOf(item);
}
