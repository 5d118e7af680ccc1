'use client';
import { Progress as Radix } from 'radix-ui';
import { cn } from './class-names';

const TONES = { accent: 'bg-accent', warn: 'bg-warn-mark', bad: 'bg-bad-mark' } as const;

interface ProgressProps {
  readonly value: number;
  readonly max: number;
  readonly label: string;
  readonly tone?: keyof typeof TONES;
  readonly className?: string;
}

export function Progress({ value, max, label, tone = 'accent', className }: ProgressProps) {
  const share = max > 0 ? Math.min(1, value / max) : 0;
  return (
    <Radix.Root
      value={Math.round(share * 100)}
      aria-label={label}
      className={cn('h-1.5 overflow-hidden rounded-full bg-sunken', className)}
    >
      <Radix.Indicator
        className={cn('h-full rounded-full transition-[width] duration-300', TONES[tone])}
        style={{ width: `${share * 100}%` }}
      />
    </Radix.Root>
  );
}
