import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from './class-names';

const badge = cva(
  'inline-flex max-w-full items-center gap-1.5 rounded-sm px-1.5 text-xs leading-5 font-medium whitespace-nowrap',
  {
    variants: {
      tone: {
        neutral: 'bg-sunken text-ink-soft',
        good: 'bg-good-soft text-good',
        warn: 'bg-warn-soft text-warn',
        bad: 'bg-bad-soft text-bad',
        accent: 'bg-accent-soft text-accent',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export type Tone = NonNullable<VariantProps<typeof badge>['tone']>;

export function Badge({ className, tone, ...props }: ComponentProps<'span'> & { readonly tone?: Tone }) {
  return <span className={cn(badge({ tone }), className)} {...props} />;
}

const marks: Record<Tone, string> = {
  neutral: 'bg-line-strong',
  good: 'bg-good-mark',
  warn: 'bg-warn-mark',
  bad: 'bg-bad-mark',
  accent: 'bg-accent',
};

/** A dot of colour beside the word that says the same. */
export function Mark({ tone, className }: { readonly tone: Tone; readonly className?: string }) {
  return (
    <span
      data-mark
      aria-hidden
      className={cn('inline-block size-1.5 shrink-0 rounded-full', marks[tone], className)}
    />
  );
}
