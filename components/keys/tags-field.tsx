'use client';
import { X } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { isTag, KEY_TAGS, tagsIn, withoutRepeats } from '@/lib/config/key-tags';
import type { Needs } from '../shared/use-me';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useKeyTags } from './use-key-tags';

interface TagsFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly needs?: Needs | undefined;
  readonly tags: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
}

/** A field for tags, with those that there are to choose from. Enter or a comma ends a tag, and so does leaving. */
export function TagsField({ label, hint, error, needs, tags, onChange }: TagsFieldProps) {
  const t = useTranslations('keys.tags');
  const { text, problem, type, onKeyDown, finish } = useTyping(tags, onChange);
  const known = useKeyTags();
  const shown = problem === undefined ? error : t(problem, { count: KEY_TAGS.countMax });
  return (
    <Field
      label={label}
      needs={needs}
      hint={hint ?? t('hint')}
      {...(shown === undefined ? {} : { error: shown })}
    >
      {(control) => (
        <>
          <Tags tags={tags} needs={needs} onChange={onChange} label={label} />
          <Input
            {...control}
            list={`${control.id}-options`}
            maxLength={KEY_TAGS.lengthMax * KEY_TAGS.countMax}
            spellCheck={false}
            value={text}
            onChange={(event) => type(event.target.value)}
            onKeyDown={onKeyDown}
            onBlur={finish}
          />
          <datalist id={`${control.id}-options`}>
            {known.map(({ tag, count }) => (
              <option key={tag} value={tag} label={t('of', { tag, count })} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** What is being typed, and how it becomes tags. */
function useTyping(tags: readonly string[], onChange: TagsFieldProps['onChange']) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<'wrong' | 'tooMany'>();
  const add = (typed: string) => {
    const next = withoutRepeats([...tags, ...tagsIn(typed, ',')]);
    const wrong = next.every(isTag) ? undefined : 'wrong';
    const found = wrong ?? (next.length > KEY_TAGS.countMax ? 'tooMany' : undefined);
    setProblem(found);
    setText(found === undefined ? '' : typed);
    if (found === undefined && next.length > tags.length) onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && text.trim() !== '') {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && text === '' && tags.length > 0) onChange(tags.slice(0, -1));
  };
  const type = (typed: string) => {
    setProblem(undefined);
    if (typed.endsWith(',')) add(typed);
    else setText(typed);
  };
  return { text, problem, type, onKeyDown, finish: () => text.trim() !== '' && add(text) };
}

function Tags({
  tags,
  needs,
  onChange,
  label,
}: Pick<TagsFieldProps, 'tags' | 'needs' | 'onChange' | 'label'>) {
  const common = useTranslations('common');
  if (tags.length === 0) return null;
  return (
    <ul className="flex min-w-0 flex-wrap gap-1" aria-label={label}>
      {tags.map((tag) => (
        <li
          key={tag}
          className="inline-flex h-7 max-w-full items-center gap-0.5 rounded-md bg-sunken pl-2 text-xs font-medium text-ink-soft"
        >
          <bdi className="truncate">{tag}</bdi>
          <Button
            look="ghost"
            size="iconSm"
            className="size-6"
            needs={needs}
            aria-label={common('remove', { what: tag })}
            onClick={() => onChange(tags.filter((one) => one !== tag))}
          >
            <X aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  );
}
