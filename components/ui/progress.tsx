'use client';
import { Progress as Radix } from 'radix-ui';
import { cn } from './class-names';

interface ProgressProps {
  readonly value: number;
  readonly max: number;
  readonly label: string;
  readonly className?: string;
}

export function Progress({ value, max, label, className }: ProgressProps) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <Radix.Root
      value={Math.round(share * 100)}
      aria-label={label}
      className={cn('h-1.5 overflow-hidden rounded-full bg-sunken', className)}
    >
      <Radix.Indicator
        className="h-full rounded-full bg-accent transition-[width] duration-300"
        style={{ width: `${share * 100}%` }}
      />
    </Radix.Root>
  );
}
