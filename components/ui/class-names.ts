import { cx, type CxOptions } from 'class-variance-authority';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({ extend: { theme: { text: ['2xs'], shadow: ['lift', 'high'] } } });

/** Joins class names; of two that say the same thing the last one wins. */
export function cn(...values: CxOptions): string {
  return merge(cx(values));
}
