'use client';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';
import { fieldLook } from './input';
import { popoverLook } from './popover-look';

export interface SelectOption<V extends string> {
  readonly value: V;
  readonly label: ReactNode;
}

interface SelectProps<V extends string> {
  readonly value: V;
  readonly options: readonly SelectOption<V>[];
  readonly onChange: (value: V) => void;
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-invalid'?: boolean;
  readonly 'aria-describedby'?: string;
  readonly className?: string;
  readonly disabled?: boolean;
}

/** Radix does not allow an empty value, and "all" is exactly that in a filter. */
const EMPTY = '\u0000';

export function Select<V extends string>({ value, options, onChange, className, ...props }: SelectProps<V>) {
  const { disabled = false, ...trigger } = props;
  return (
    <Radix.Root
      value={value === '' ? EMPTY : value}
      onValueChange={(next) => onChange((next === EMPTY ? '' : next) as V)}
      disabled={disabled}
    >
      <Radix.Trigger
        className={cn(fieldLook, 'flex h-8 items-center justify-between gap-2 text-left', className)}
        {...trigger}
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          className={cn(popoverLook, 'max-h-80 min-w-(--radix-select-trigger-width)')}
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value === '' ? EMPTY : option.value}
                className="relative flex h-7 cursor-default items-center rounded-sm pr-7 pl-2 text-sm outline-none data-highlighted:bg-sunken"
              >
                <Radix.ItemText>{option.label}</Radix.ItemText>
                <Radix.ItemIndicator className="absolute right-2">
                  <Check className="size-3.5 text-accent" aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
