'use client';
import { cva, type VariantProps } from 'class-variance-authority';
import { Loader2 } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './class-names';

const button = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-50 aria-busy:cursor-progress [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-accent-ink hover:bg-accent/90',
        outline: 'border border-line-strong bg-surface text-ink hover:bg-sunken',
        ghost: 'text-ink-soft hover:bg-sunken hover:text-ink',
        danger: 'bg-bad text-bad-ink hover:bg-bad/90',
        dangerGhost: 'text-bad hover:bg-bad-soft',
        link: 'text-accent underline-offset-4 hover:underline',
      },
      size: {
        sm: 'h-7 px-2 text-xs [&_svg]:size-3.5',
        md: 'h-8 px-3 text-sm',
        lg: 'h-9 px-4 text-base',
        icon: 'size-8',
        iconSm: 'size-7 [&_svg]:size-3.5',
        inline: 'hit h-auto px-0 text-[length:inherit]',
      },
    },
    defaultVariants: { look: 'outline', size: 'md' },
  },
);

interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof button> {
  readonly asChild?: boolean;
  /** Shows that its work goes on, and takes no second press meanwhile. */
  readonly isBusy?: boolean;
}

export function Button({ className, look, size, asChild, isBusy, children, ...props }: ButtonProps) {
  const classes = cn(button({ look, size }), className);
  if (asChild === true) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={isBusy}
      {...props}
      disabled={isBusy === true || props.disabled}
    >
      {isBusy === true && <Loader2 className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
