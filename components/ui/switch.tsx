'use client';
import { Switch as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';
import { useRefusal, type Needs } from '../shared/use-me';
import { cn } from './class-names';

interface SwitchProps extends ComponentProps<typeof Radix.Root> {
  /** What it asks for: it cannot be moved by those whose role is not enough. */
  readonly needs?: Needs | undefined;
}

export function Switch({ className, needs, disabled, title, ...props }: SwitchProps) {
  const refusal = useRefusal(needs);
  return (
    <Radix.Root
      className={cn(
        'hit inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-transparent bg-line-strong transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:bg-accent',
        className,
      )}
      disabled={disabled === true || refusal !== undefined}
      title={refusal ?? title}
      {...props}
    >
      <Radix.Thumb className="block size-3.5 translate-x-px rounded-full bg-surface shadow-sm transition-transform data-[state=checked]:translate-x-[15px]" />
    </Radix.Root>
  );
}
