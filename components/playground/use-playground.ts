'use client';
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { requestLogQuery } from '@/lib/client/logs';
import {
  bodyOf,
  isWaiting,
  newChat,
  withAnswer,
  withQuestion,
  type Answer,
  type Chat,
  type LoggedFigures,
} from '@/lib/client/playground';
import { followAnswer } from './follow-answer';
import { useKeptChat } from './use-kept-chat';

export type Playground = ReturnType<typeof usePlayground>;

async function loggedOf(client: QueryClient, requestId: string): Promise<LoggedFigures | undefined> {
  const row = await client.fetchQuery(requestLogQuery(requestId)).catch(() => undefined);
  if (row === undefined) return undefined;
  const { id, promptTokens, completionTokens, costUsd } = row;
  return { id, promptTokens, completionTokens, costUsd };
}

/** The chat, and what can be done with it. Leaving the page stops what is under way. */
export function usePlayground(token: string) {
  const client = useQueryClient();
  const [chat, setChat] = useKeptChat();
  const running = useRef(new Set<AbortController>());
  const stop = () => {
    for (const aborter of running.current) aborter.abort();
    running.current.clear();
  };
  useEffect(() => {
    const { current } = running;
    return () => {
      for (const aborter of current) aborter.abort();
    };
  }, []);

  const run = async (from: Chat, turnId: number, side: number, question: string) => {
    const aborter = new AbortController();
    running.current.add(aborter);
    const show = (change: Partial<Answer>) => setChat((before) => withAnswer(before, turnId, side, change));
    const asking = { token, body: bodyOf(from, side, question), isStream: from.parameters.isStream, aborter };
    const end = await followAnswer(asking, show);
    running.current.delete(aborter);
    const logged = end?.requestId === undefined ? undefined : await loggedOf(client, end.requestId);
    if (logged !== undefined) show({ logged });
  };
  const send = (question: string, from: Chat, draft: string) => {
    const id = Math.max(Date.now(), (chat.turns.at(-1)?.id ?? 0) + 1);
    setChat({ ...withQuestion(from, question, id), draft });
    for (const side of from.models.keys()) void run(from, id, side, question);
  };
  return {
    chat,
    isWaiting: isWaiting(chat),
    change: (change: Partial<Chat>) => setChat((before) => ({ ...before, ...change })),
    send: () => send(chat.draft.trim(), chat, ''),
    /** The last question once more, as if it had not been answered. */
    again: () => {
      const last = chat.turns.at(-1);
      if (last !== undefined) send(last.question, { ...chat, turns: chat.turns.slice(0, -1) }, chat.draft);
    },
    stop,
    clear: () => {
      stop();
      setChat(newChat);
    },
  };
}
