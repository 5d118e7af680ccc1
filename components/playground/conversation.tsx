'use client';
import { MessagesSquare, RotateCcw } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { Chat, Turn } from '@/lib/client/playground';
import { Button } from '../ui/button';
import { cn } from '../ui/class-names';
import { EmptyState } from '../ui/empty-state';
import { AnswerView } from './answer-view';

/** An answer by its turn and its place beside others. */
export interface AnswerPlace {
  readonly turnId: number;
  readonly side: number;
}

interface ConversationProps {
  readonly chat: Chat;
  readonly isWaiting: boolean;
  readonly told: AnswerPlace | undefined;
  readonly onTell: (place: AnswerPlace) => void;
  readonly onAgain: () => void;
  /** In the place of a chat that cannot begin yet. */
  readonly obstacle: ReactNode;
}

/** What was said, the newest last and in sight, unless one reads further up. */
export function Conversation({ chat, isWaiting, told, onTell, onAgain, obstacle }: ConversationProps) {
  const t = useTranslations('playground');
  const { turns } = chat;
  const list = useStayAtEnd(turns);
  const last = turns.at(-1);
  return (
    <div
      ref={list}
      role="log"
      aria-label={t('conversation')}
      // Nobody wants an answer read out piece by piece; its end is told.
      aria-live={isWaiting ? 'off' : 'polite'}
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-3 focus-visible:outline-offset-[-2px] sm:p-4"
    >
      {last === undefined &&
        (obstacle || (
          <EmptyState icon={MessagesSquare} title={t('empty')} className="m-auto">
            {t('emptyHint')}
          </EmptyState>
        ))}
      {turns.map((turn) => (
        <TurnView key={turn.id} turn={turn} told={told} onTell={onTell} />
      ))}
      {last !== undefined && !isWaiting && (
        <Button look="ghost" size="sm" className="-mt-3 self-start" onClick={onAgain}>
          <RotateCcw aria-hidden />
          {t('again')}
        </Button>
      )}
      <span className="sr-only" role="status">
        {last !== undefined && !isWaiting ? t('answered') : ''}
      </span>
    </div>
  );
}

interface TurnViewProps extends Pick<ConversationProps, 'told' | 'onTell'> {
  readonly turn: Turn;
}

/** A longer question scrolls by itself. */
const QUESTION_LENGTH = 1_000;

function TurnView({ turn: { id, question, answers }, told, onTell }: TurnViewProps) {
  return (
    <section className="grid min-w-0 gap-3">
      <p
        dir="auto"
        className="ml-auto max-h-80 w-fit max-w-[85%] overflow-y-auto rounded-lg bg-accent-soft px-3.5 py-2 text-sm leading-6 wrap-anywhere whitespace-pre-wrap"
        {...(question.length > QUESTION_LENGTH ? { tabIndex: 0 } : {})}
      >
        {question}
      </p>
      <div className={cn('grid min-w-0 gap-3', answers.length > 1 && 'md:grid-cols-2')}>
        {answers.map((answer, side) => (
          <AnswerView
            key={side}
            answer={answer}
            isTold={told?.turnId === id && told.side === side}
            onTell={() => onTell({ turnId: id, side })}
          />
        ))}
      </div>
    </section>
  );
}

/** So close to the end one is there. */
const NEAR_PX = 80;

/** Scrolls on as the content grows, as long as the end of it was in sight before; a new turn is always shown. */
function useStayAtEnd(turns: Chat['turns']) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const note = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    };
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, []);
  const count = turns.length;
  useEffect(() => {
    isAtEnd.current = true;
  }, [count]);
  useEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [turns]);
  return list;
}
