import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a drawer or of a long page. */
export function Section({ title, aside, children }: SectionProps) {
  return (
    <section className="grid min-w-0 gap-2.5 border-t border-line pt-4 first:border-t-0 first:pt-0">
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
