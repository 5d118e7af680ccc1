'use client';
import { useEffect, useRef, useState } from 'react';
import type { Chat } from '@/lib/client/playground';
import { playgroundMemory } from '@/lib/client/playground-memory';

const PAUSE_MS = 400;

/** The chat of this tab, kept when it has not changed for a moment, and on leaving. */
export function useKeptChat() {
  const [chat, setChat] = useState<Chat>(() => playgroundMemory.read());
  const latest = useRef(chat);
  useEffect(() => {
    latest.current = chat;
    const timer = setTimeout(() => playgroundMemory.keep(chat), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [chat]);
  useEffect(() => {
    const keep = () => playgroundMemory.keep(latest.current);
    window.addEventListener('pagehide', keep);
    return () => {
      window.removeEventListener('pagehide', keep);
      keep();
    };
  }, []);
  return [chat, setChat] as const;
}
