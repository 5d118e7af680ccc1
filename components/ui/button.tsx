'use client';
import type { VariantProps } from 'class-variance-authority';
import { Loader2 } from 'lucide-react';
import { Slot } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from './class-names';
import { buttonLook } from './looks';

interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonLook> {
  readonly asChild?: boolean;
  /** Shows that its work goes on, and takes no second press meanwhile. */
  readonly isBusy?: boolean;
}

export function Button({ className, look, size, asChild, isBusy, children, ...props }: ButtonProps) {
  const classes = cn(buttonLook({ look, size }), className);
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
