'use client';
import { useMemo, useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { parseJsonText, visibleText } from '@/lib/client/json-text';
import { CopyButton } from '../shared/copy';
import { Segmented } from '../ui/segmented';
import { JsonTree } from './json-tree';

interface BodyViewProps {
  readonly text: string;
  readonly label: string;
  readonly note?: string | undefined;
}

const looks = ['tree', 'text'] as const;

/**
 * What was sent or came back: JSON as a tree, anything else as the text that it is. Nothing in it is taken for markup.
 */
export default function BodyView({ text, label, note }: BodyViewProps) {
  const t = useTranslations('logs.story');
  const tree = useMemo(() => parseJsonText(text), [text]);
  const [look, setLook] = useState<(typeof looks)[number]>('tree');
  return (
    <div className="min-w-0 rounded-md border border-line bg-sunken" role="group" aria-label={label}>
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-2 py-1">
        {tree !== undefined && (
          <Segmented
            label={t('bodyLook')}
            value={look}
            options={looks.map((value) => ({ value, label: t(`looks.${value}`) }))}
            onChange={setLook}
          />
        )}
        {note !== undefined && <span className="text-xs text-ink-soft">{note}</span>}
        <CopyButton text={text} label={t('copyBody')} className="ml-auto" />
      </div>
      <div
        className="max-h-[28rem] overflow-y-auto p-2.5 font-mono text-xs leading-5 wrap-anywhere focus-visible:outline-offset-[-2px]"
        tabIndex={0}
        role="region"
        aria-label={label}
      >
        {tree !== undefined && look === 'tree' ? (
          <JsonTree text={text} node={tree} />
        ) : (
          <pre className="whitespace-pre-wrap">{visibleText(text)}</pre>
        )}
      </div>
    </div>
  );
}
