'use client';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';
import { fieldLook } from './looks';
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
          collisionPadding={8}
          className={cn(
            popoverLook,
            'max-h-[min(20rem,var(--radix-select-content-available-height))] max-w-[calc(100vw-1rem)] min-w-(--radix-select-trigger-width)',
          )}
        >
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value === '' ? EMPTY : option.value}
                className="relative flex min-h-7 cursor-default break-all items-center rounded-sm py-1 pr-7 pl-2 text-sm max-sm:min-h-9 outline-none data-highlighted:bg-sunken"
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
