'use client';
import { useEffect, useRef, useState } from 'react';
import { streamChat, type ChatProgress } from '@/lib/client/chat-stream';
import type { Connection } from './connection';

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
    for await (last of streamChat({ base: path, token, model, prompt, signal })) setProgress(last);
    setRunning(false);
    if (last?.error === undefined && last?.text !== '') onSuccess?.();
  };
  return { progress, isRunning, send, stop: () => aborter.current?.abort() };
}
