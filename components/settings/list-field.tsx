'use client';
import { useState, type ReactNode } from 'react';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Chips } from './chips';

interface ListFieldProps {
  readonly label: string;
  readonly hint: ReactNode;
  readonly error?: string;
  readonly placeholder: string;
  readonly values: readonly string[];
  readonly suggestions?: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

/** Short texts, each added with Enter, a comma or by leaving the field. */
export function ListField({ values, onChange, suggestions = [], placeholder, ...field }: ListFieldProps) {
  const [text, setText] = useState('');
  const add = (typed: string): void => {
    const added = typed.split(/[,\s]+/).filter((one) => one !== '' && !values.includes(one));
    setText('');
    if (added.length > 0) onChange([...values, ...new Set(added)]);
  };
  return (
    <Field {...field}>
      {(control) => (
        <div className="grid gap-1.5">
          <Chips values={values} onChange={onChange} />
          <Input
            {...control}
            className="font-mono text-xs"
            placeholder={placeholder}
            list={`${control.id}-known`}
            value={text}
            onChange={({ target }) =>
              target.value.endsWith(',') || suggestions.includes(target.value)
                ? add(target.value)
                : setText(target.value)
            }
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || text.trim() === '') return;
              event.preventDefault();
              add(text);
            }}
            onBlur={() => add(text)}
          />
          <datalist id={`${control.id}-known`}>
            {suggestions
              .filter((one) => !values.includes(one))
              .map((one) => (
                <option key={one} value={one} />
              ))}
          </datalist>
        </div>
      )}
    </Field>
  );
}
