'use client';
import { memo } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { partsOf } from '@/lib/client/answer-parts';
import { formatBytes } from '@/lib/client/format';
import { CodeBlock } from '../shared/code-block';

/** A browser that lays out megabytes of text at each piece that comes stands still. */
const SHOWN_MAX = 60_000;

interface AnswerTextProps {
  readonly text: string;
  readonly isRunning: boolean;
}

/** What a model says, as text alone: markup in it is shown, not followed. Code between fences stands apart. */
export const AnswerText = memo(function AnswerText({ text, isRunning }: AnswerTextProps) {
  const t = useTranslations('playground');
  const isCut = text.length > SHOWN_MAX;
  const parts = partsOf(isCut ? text.slice(0, SHOWN_MAX) : text);
  return (
    <div className="grid min-w-0 gap-2.5">
      {parts.map((part, index) =>
        part.kind === 'code' ? (
          <CodeBlock
            key={index}
            text={part.text}
            label={part.language === '' ? t('code') : part.language}
            copyLabel={t('copyCode')}
          />
        ) : (
          <p key={index} dir="auto" className="text-sm leading-6 wrap-anywhere whitespace-pre-wrap">
            {part.text}
            {isRunning && index === parts.length - 1 && <Caret />}
          </p>
        ),
      )}
      {isCut && (
        <p className="text-xs text-ink-soft">
          {t('cut', { shown: formatBytes(SHOWN_MAX), size: formatBytes(text.length) })}
        </p>
      )}
    </div>
  );
});

/** Where more is to come. */
export function Caret() {
  return (
    <span
      aria-hidden
      data-caret
      className="ml-0.5 inline-block h-3.5 w-1.5 animate-pulse rounded-[1px] bg-accent align-middle"
    />
  );
}
