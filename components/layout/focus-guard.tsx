'use client';
import { useEffect } from 'react';
import { keepFocus } from '../ui/focus-keeper';

/** Keeps the focus from getting lost while the page changes. */
export function FocusGuard() {
  useEffect(keepFocus, []);
  return null;
}
