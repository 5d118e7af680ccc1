import type { ComponentProps } from 'react';
import { cn } from './class-names';

export const fieldLook =
  'w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink transition-colors text-ellipsis placeholder:text-ink-faint hover:border-ink-faint focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-accent/40 disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-bad aria-invalid:outline-bad/40';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(fieldLook, 'h-8', className)} autoComplete="off" {...props} />;
}
