'use client';
import { ToggleGroup as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface SegmentedProps<V extends string> {
  readonly value: V;
  readonly options: readonly { readonly value: V; readonly label: ReactNode }[];
  readonly onChange: (value: V) => void;
  readonly label: string;
}

/** One of a few, all of them in sight. */
export function Segmented<V extends string>({ value, options, onChange, label }: SegmentedProps<V>) {
  return (
    <Radix.Root
      type="single"
      value={value}
      onValueChange={(next) => next !== '' && onChange(next as V)}
      aria-label={label}
      className="inline-flex h-8 items-center gap-0.5 rounded-md bg-sunken p-0.5"
    >
      {options.map((option) => (
        <Radix.Item
          key={option.value}
          value={option.value}
          className="h-7 rounded-sm px-2.5 text-xs font-medium text-ink-soft transition-colors hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-lift dark:data-[state=on]:bg-line"
        >
          {option.label}
        </Radix.Item>
      ))}
    </Radix.Root>
  );
}
