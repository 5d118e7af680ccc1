import type { ReactNode } from 'react';
import { cn } from '../ui/class-names';

interface FactsProps {
  readonly facts: readonly { readonly label: ReactNode; readonly value: ReactNode }[];
  readonly className?: string;
}

/** Names and values, close together. */
export function Facts({ facts, className }: FactsProps) {
  return (
    <dl className={cn('grid grid-cols-2 gap-x-4 gap-y-2.5 sm:grid-cols-3', className)}>
      {facts.map(({ label, value }, index) => (
        <div key={index} className="min-w-0">
          <dt className="text-xs text-ink-faint">{label}</dt>
          <dd className="min-w-0 text-sm [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
