'use client';
import { Switch as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './class-names';

export function Switch({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cn(
        'hit inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-transparent bg-line-strong transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:bg-accent',
        className,
      )}
      {...props}
    >
      <Radix.Thumb className="block size-3.5 translate-x-px rounded-full bg-surface shadow-sm transition-transform data-[state=checked]:translate-x-[15px]" />
    </Radix.Root>
  );
}
