import { cn } from './class-names';

export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={cn('animate-sheen rounded-sm bg-sunken', className)} />;
}

/** Rows as a list will have, while it loads. */
export function SkeletonRows({
  rows = 6,
  className,
}: {
  readonly rows?: number;
  readonly className?: string;
}) {
  return (
    <div className={cn('grid gap-2', className)} aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className="h-7" />
      ))}
    </div>
  );
}
