'use client';
import { Waypoints } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from '@/i18n/use-translations';
import { formatDuration, formatUsd } from '@/lib/client/format';
import { CONNECTION_LOST } from '@/lib/client/chat-stream';
import type { Answer } from '@/lib/client/playground';
import { CopyButton } from '../shared/copy';
import { StatusCode } from '../shared/status-code';
import { VerdictText } from '../shared/verdict-text';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { textLinkLook } from '../ui/looks';
import { AnswerText, Caret } from './answer-text';

interface AnswerViewProps {
  readonly answer: Answer;
  /** Its story is the one that is shown. */
  readonly isTold: boolean;
  readonly onTell: () => void;
}

/** What came of one request: the answer as it comes, or what went wrong, and its figures. */
export function AnswerView({ answer, isTold, onTell }: AnswerViewProps) {
  const t = useTranslations('playground');
  const { model, text, requestId } = answer;
  return (
    <article
      data-testid="answer"
      aria-label={t('answerOf', { model })}
      className={cn(
        'grid min-w-0 content-start gap-2.5 rounded-lg border bg-surface p-3.5',
        isTold ? 'border-accent/60' : 'border-line',
      )}
    >
      <header className="flex min-w-0 items-center justify-between gap-2">
        <p className="min-w-0 truncate font-mono text-xs text-ink-soft">{model}</p>
        {text !== '' && <CopyButton text={text} label={t('copyAnswer')} className="-my-1.5 -mr-1.5" />}
      </header>
      <Body answer={answer} />
      <footer className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
        <Figures answer={answer} />
        {requestId !== undefined && (
          <Button look="ghost" size="sm" className="-my-1 ml-auto" aria-pressed={isTold} onClick={onTell}>
            <Waypoints aria-hidden />
            {t('story')}
          </Button>
        )}
      </footer>
    </article>
  );
}

interface AnswerProps {
  readonly answer: Answer;
}

function Body({ answer }: AnswerProps) {
  const t = useTranslations('playground');
  const { text, thought, totalMs, error, isStopped = false } = answer;
  const isRunning = totalMs === undefined && error === undefined && !isStopped;
  const isSilent = text === '' && error === undefined;
  return (
    <>
      <Thoughts answer={answer} isRunning={isRunning} />
      {text !== '' && <AnswerText text={text} isRunning={isRunning} />}
      {isSilent && isRunning && <Waiting isThinking={thought !== ''} />}
      {isSilent && !isRunning && (
        <p className="text-sm text-ink-soft">{t(isStopped ? 'stoppedEarly' : 'noWords')}</p>
      )}
      <Failure answer={answer} />
    </>
  );
}

function Waiting({ isThinking }: { readonly isThinking: boolean }) {
  const t = useTranslations('playground');
  return (
    <p className="text-sm text-ink-soft">
      {t(isThinking ? 'thinking' : 'waiting')}
      <Caret />
    </p>
  );
}

/** Of thoughts the last are of interest while they come. */
const THOUGHT_MAX = 20_000;

function Thoughts({ answer, isRunning }: AnswerProps & { readonly isRunning: boolean }) {
  const t = useTranslations('playground');
  const { thought, text } = answer;
  if (thought === '') return null;
  return (
    <details className="rounded-md bg-sunken px-3 py-1.5 text-xs text-ink-soft">
      <summary className="min-h-6 w-fit rounded-sm leading-6 hover:text-ink">
        {t(isRunning && text === '' ? 'thinking' : 'thoughts')}
      </summary>
      <p
        dir="auto"
        className="max-h-72 overflow-y-auto pb-1.5 wrap-anywhere whitespace-pre-wrap"
        tabIndex={0}
      >
        {thought.slice(-THOUGHT_MAX)}
      </p>
    </details>
  );
}

/** Some answer with whole pages. */
const MESSAGE_MAX = 4_000;

/** As the gateway or the provider put it, with where to read on. */
function Failure({ answer }: AnswerProps) {
  const t = useTranslations('playground');
  const verdicts = useTranslations('verdicts');
  const { error, requestId, logged } = answer;
  if (error === undefined) return null;
  const { status, code, message } = error;
  if (status === undefined && requestId === undefined) {
    return (
      <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
        {t('unreachable')}
      </p>
    );
  }
  const href =
    logged === undefined ? `/logs?text=${encodeURIComponent(requestId ?? '')}` : `/logs?log=${logged.id}`;
  return (
    <div role="alert" className="grid gap-1.5 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      <p className="flex flex-wrap items-center gap-2">
        {status !== undefined && <StatusCode status={status} />}
        {code !== undefined && verdicts.has(code as never) && (
          <span className="font-medium">
            <VerdictText name={code} />
          </span>
        )}
        {code !== undefined && <code className="font-mono text-xs wrap-anywhere">{code}</code>}
      </p>
      <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
        {code === CONNECTION_LOST ? t('lost') : message.slice(0, MESSAGE_MAX)}
      </p>
      {requestId !== undefined && (
        <p>
          <Link
            href={href}
            prefetch={false}
            className={cn(textLinkLook, 'inline-flex min-h-6 items-center text-xs text-bad')}
          >
            {t('inLog')}
          </Link>
        </p>
      )}
    </div>
  );
}

/** As far as they are known: those of the log are the surest. */
function tokensOf({ logged, usage }: Answer): { readonly in: number; readonly out: number } | undefined {
  const tokensIn = logged?.promptTokens ?? usage?.prompt;
  const tokensOut = logged?.completionTokens ?? usage?.completion;
  return tokensIn === undefined || tokensOut === undefined ? undefined : { in: tokensIn, out: tokensOut };
}

function Figures({ answer }: AnswerProps) {
  const t = useTranslations('playground');
  const { firstMs, totalMs, isStopped, logged } = answer;
  const tokens = tokensOf(answer);
  const cost = logged?.costUsd ?? undefined;
  return (
    <>
      {isStopped === true && <span className="text-warn">{t('stopped')}</span>}
      {firstMs !== undefined && <span>{t('first', { time: formatDuration(firstMs) })}</span>}
      {totalMs !== undefined && <span>{t('whole', { time: formatDuration(totalMs) })}</span>}
      {tokens !== undefined && <span>{t('tokens', tokens)}</span>}
      {cost !== undefined && <span>{formatUsd(cost)}</span>}
    </>
  );
}
