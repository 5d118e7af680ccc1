interface CountsProps {
  readonly counts: readonly {
    readonly label: string;
    readonly value: number;
    /** Some of it is a reason to look. */
    readonly isDoubtful?: boolean;
  }[];
}

/** A few figures side by side. */
export function Counts({ counts }: CountsProps) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-md border border-line bg-line sm:grid-cols-4">
      {counts.map(({ label, value, isDoubtful = false }) => (
        <div key={label} className="bg-surface px-3 py-2">
          <dt className="text-xs text-ink-soft">{label}</dt>
          <dd className={`text-lg font-semibold ${isDoubtful && value > 0 ? 'text-warn' : ''}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
