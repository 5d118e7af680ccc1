'use client';
import type { VariantProps } from 'class-variance-authority';
import { Loader2 } from 'lucide-react';
import { Slot } from 'radix-ui';
import { useState, type ComponentProps, type MouseEvent } from 'react';
import { useRefusal, type Needs } from '../shared/use-me';
import { cn } from './class-names';
import { buttonLook } from './looks';

interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonLook> {
  readonly asChild?: boolean;
  /** Shows that its work goes on, and takes no second press meanwhile. */
  readonly isBusy?: boolean;
  /** What it asks for: it does nothing for those whose role is not enough, and says so. */
  readonly needs?: Needs | undefined;
}

/** A browser takes the focus from a button that it disables: one that has it stays reachable, and only does nothing. */
export function Button({ look, size, asChild, isBusy, needs, ...props }: ButtonProps) {
  const className = cn(buttonLook({ look, size }), props.className);
  if (asChild === true) return <Slot.Root {...props} className={className} />;
  return <PlainButton {...props} className={className} isBusy={isBusy} needs={needs} />;
}

function PlainButton({ isBusy = false, disabled = false, needs, children, ...props }: ButtonProps) {
  const [hasFocus, setHasFocus] = useState(false);
  const refusal = useRefusal(needs);
  const isOff = isBusy || disabled || refusal !== undefined;
  const refuse = (event: MouseEvent) => {
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      type="button"
      {...props}
      title={refusal ?? props.title}
      aria-busy={isBusy || undefined}
      aria-disabled={isOff || undefined}
      disabled={disabled && !isBusy && !hasFocus}
      onClick={isOff ? refuse : props.onClick}
      onFocus={(event) => {
        setHasFocus(true);
        props.onFocus?.(event);
      }}
      onBlur={(event) => {
        setHasFocus(false);
        props.onBlur?.(event);
      }}
    >
      {isBusy && <Loader2 className="animate-spin" aria-hidden />}
      {children}
    </button>
  );
}
