import type { ReactNode } from 'react';
import { isolatedList } from '@/lib/client/isolated';

interface TwoLinesProps {
  readonly first: ReactNode;
  /** At the end of the first line, never shortened. */
  readonly firstEnd: ReactNode;
  readonly second: ReactNode;
  readonly secondEnd: ReactNode;
}

/** A row of a list on a phone: everything that matters, in two lines. */
export function TwoLines({ first, firstEnd, second, secondEnd }: TwoLinesProps) {
  return (
    <div className="grid gap-0.5 leading-5">
      <div className="flex items-center gap-2">
        <div className="flex min-w-0 flex-1 items-center gap-2">{first}</div>
        <div className="flex shrink-0 items-center gap-1.5 text-xs text-ink-soft">{firstEnd}</div>
      </div>
      <div className="flex items-center gap-2 text-xs text-ink-soft">
        <div className="min-w-0 flex-1 truncate">{second}</div>
        <div className="shrink-0">{secondEnd}</div>
      </div>
    </div>
  );
}

/** What is there, with dots between. */
export function joined(...parts: readonly (string | null | undefined)[]): string {
  return isolatedList(
    parts.flatMap((part) => (part === null || part === undefined || part === '' ? [] : [part])),
    ' · ',
  );
}
