'use client';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

interface SuggestFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label?: string }[];
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A field for a name, with those that there are to choose from. */
export function SuggestField({ label, hint, value, options, error, onChange }: SuggestFieldProps) {
  return (
    <Field label={label} hint={hint} {...(error === undefined ? {} : { error })}>
      {(control) => (
        <>
          <Input
            {...control}
            list={`${control.id}-options`}
            className="font-mono text-xs"
            spellCheck={false}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={`${control.id}-options`}>
            {options.map((option) => (
              <option key={option.value} value={option.value} label={option.label} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
