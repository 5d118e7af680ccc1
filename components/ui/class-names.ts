import { clsx, type ClassValue } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({ extend: { theme: { text: ['2xs'], shadow: ['lift', 'high'] } } });

/** Joins class names; of two that say the same thing the last one wins. */
export function cn(...values: readonly ClassValue[]): string {
  return merge(clsx(values));
}
