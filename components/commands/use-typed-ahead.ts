'use client';
import { useEffect, useState } from 'react';

/** What is typed while the field that it is meant for is on its way; Escape calls it off. */
export function useTypedAhead(isWaiting: boolean, onCancel: () => void): string {
  const [typed, setTyped] = useState('');
  const [wasWaiting, setWasWaiting] = useState(isWaiting);
  if (isWaiting !== wasWaiting) {
    setWasWaiting(isWaiting);
    if (isWaiting) setTyped('');
  }
  useEffect(() => {
    if (!isWaiting) return;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Escape') onCancel();
      else if (event.key === 'Backspace') setTyped((text) => text.slice(0, -1));
      else if (event.key.length === 1) setTyped((text) => text + event.key);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('keydown', press, true);
    return () => window.removeEventListener('keydown', press, true);
  }, [isWaiting, onCancel]);
  return typed;
}
