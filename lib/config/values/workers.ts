import { z } from 'zod';
import { text } from './text';

const WORKERS_MAX = 64;

/** How many processes serve, or `auto`. */
export const workers = text(
  z
    .string()
    .toLowerCase()
    .refine((value) => value === 'auto' || (/^\d{1,2}$/.test(value) && isCount(Number(value))), {
      error: `must be auto or a whole number from 1 to ${WORKERS_MAX}`,
    }),
);

function isCount(count: number): boolean {
  return count >= 1 && count <= WORKERS_MAX;
}
