'use client';
import { Chip } from '../shared/chip';

interface ChipsProps {
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** What has been chosen, each to be taken away again. */
export function Chips({ values, onChange }: ChipsProps) {
  if (values.length === 0) return null;
  return (
    <span className="flex flex-wrap gap-1.5">
      {values.map((value) => (
        <Chip
          key={value}
          label={value}
          onRemove={() => onChange(values.filter((other) => other !== value))}
        />
      ))}
    </span>
  );
}
