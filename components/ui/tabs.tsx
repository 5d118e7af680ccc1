'use client';
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './class-names';

interface TabsProps<V extends string> {
  readonly value: V;
  readonly onChange: (value: V) => void;
  readonly tabs: readonly { readonly value: V; readonly label: ReactNode; readonly content: ReactNode }[];
  readonly label: string;
  readonly aside?: ReactNode;
  readonly className?: string;
}

/** Only the chosen tab's content is mounted. */
export function Tabs<V extends string>({ value, onChange, tabs, label, aside, className }: TabsProps<V>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onChange(next as V)}
      className={cn('grid gap-4', className)}
    >
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line">
        <Radix.List aria-label={label} className="-mb-px flex gap-5 overflow-x-auto">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.value}
              value={tab.value}
              className="min-w-8 shrink-0 border-b-2 border-transparent py-2 text-sm font-medium whitespace-nowrap text-ink-soft transition-colors hover:text-ink focus-visible:outline-offset-[-2px] data-[state=active]:border-accent data-[state=active]:text-ink"
            >
              {tab.label}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside}
      </div>
      {tabs.map((tab) => (
        <Radix.Content
          key={tab.value}
          value={tab.value}
          className="min-h-0 min-w-0 outline-none data-[state=active]:flex-1"
          tabIndex={-1}
        >
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
