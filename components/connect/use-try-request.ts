'use client';
import { useEffect, useRef, useState } from 'react';
import { streamChat, type ChatProgress } from '@/lib/client/chat-stream';
import type { Connection } from './connection';

/** The thoughts of the model as well, where they are told: they show that it answers. */
export const wordsOf = ({ thought, text }: ChatProgress) => thought + text;

/** Sends one request at a time, and keeps its answer as it comes. `onSuccess` is called when that has words in it. */
export function useTryRequest({ path, token, model }: Connection, onSuccess: (() => void) | undefined) {
  const [progress, setProgress] = useState<ChatProgress>();
  const [isRunning, setRunning] = useState(false);
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);

  const send = async (prompt: string) => {
    aborter.current = new AbortController();
    const { signal } = aborter.current;
    setRunning(true);
    let last: ChatProgress | undefined;
    const body = { model, messages: [{ role: 'user', content: prompt }] } as const;
    const request = { base: path, token, body, isStream: true, wantsUsage: false, signal };
    for await (last of streamChat(request)) setProgress(last);
    setRunning(false);
    if (last !== undefined && last.error === undefined && wordsOf(last) !== '') onSuccess?.();
  };
  return { progress, isRunning, send, stop: () => aborter.current?.abort() };
}
