'use client';
import { Plus, X } from 'lucide-react';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import type { Pair } from './provider-draft';

interface PairRowsProps {
  readonly pairs: readonly Pair[];
  readonly onChange: (pairs: readonly Pair[]) => void;
  readonly texts: {
    readonly title: string;
    readonly add: string;
    readonly name: string;
    readonly value: (name: string) => string;
    readonly remove: (name: string) => string;
    readonly placeholder: string;
  };
  readonly hint?: string;
  readonly error?: string | undefined;
}

/** Names and values, one pair a row: headers, or parameters. */
export function PairRows({ pairs, onChange, texts, hint, error }: PairRowsProps) {
  const change = (index: number, patch: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...patch } : pair)));
  return (
    <div className="grid gap-2">
      <p className="text-xs font-medium">{texts.title}</p>
      {hint !== undefined && <p className="text-xs text-ink-faint">{hint}</p>}
      {pairs.map(({ name, value }, index) => (
        <div key={index} className="flex gap-2">
          <Input
            className="font-mono text-xs"
            aria-label={texts.name}
            placeholder={texts.placeholder}
            value={name}
            onChange={(event) => change(index, { name: event.target.value })}
          />
          <Input
            className="font-mono text-xs"
            aria-label={texts.value(name)}
            value={value}
            onChange={(event) => change(index, { value: event.target.value })}
          />
          <Button
            look="ghost"
            size="icon"
            aria-label={texts.remove(name)}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          >
            <X aria-hidden />
          </Button>
        </div>
      ))}
      <Button
        size="sm"
        className="justify-self-start"
        onClick={() => onChange([...pairs, { name: '', value: '' }])}
      >
        <Plus aria-hidden />
        {texts.add}
      </Button>
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
