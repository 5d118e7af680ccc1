import { z } from 'zod';
import { countSchema, queryInteger } from './values';

export const PAGE_SIZE_MAX = 500;

/** `?page&pageSize&order`; pages count from 1. What a list can be sorted by, each list says itself. */
export function pageQuery(order: 'asc' | 'desc') {
  return {
    page: queryInteger(1, 1_000_000).default(1),
    pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
    order: z.enum(['asc', 'desc']).default(order),
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
