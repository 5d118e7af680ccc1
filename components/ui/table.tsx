import type { ComponentProps } from 'react';
import { cn } from './class-names';

interface TableProps extends ComponentProps<'table'> {
  readonly label: string;
}

/** A table short enough to be in the page whole. On a phone each row is a few short lines of named values. */
export function Table({ label, className, ...props }: TableProps) {
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className="relative overflow-x-auto focus-visible:outline-offset-[-2px]"
    >
      <table
        className={cn(
          'w-full border-collapse text-sm max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:sr-only',
          className,
        )}
        {...props}
      />
    </div>
  );
}

export function Th({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      scope="col"
      className={cn(
        'h-8 border-b border-line px-3 text-left text-xs font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4',
        className,
      )}
      {...props}
    />
  );
}

interface TdProps extends ComponentProps<'td'> {
  /** Names the value on a phone, where there is no head above it. */
  readonly label?: string;
}

export function Td({ className, label, children, ...props }: TdProps) {
  return (
    <td
      className={cn(
        'h-9 px-3 py-1 first:pl-4 last:pr-4 max-sm:h-auto max-sm:max-w-full max-sm:min-w-0 max-sm:p-0! max-sm:first:basis-full',
        className,
      )}
      {...props}
    >
      {label !== undefined && (
        <span className="mr-1 text-xs text-ink-faint sm:hidden" aria-hidden>
          {label}
        </span>
      )}
      {children}
    </td>
  );
}

export function Tr({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr
      className={cn(
        'border-b border-line last:border-b-0 max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-3 max-sm:gap-y-0.5 max-sm:px-4 max-sm:py-2',
        className,
      )}
      {...props}
    />
  );
}
