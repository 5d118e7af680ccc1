'use client';
import { useCallback, useLayoutEffect, useRef } from 'react';
import { currentPlace, returnFocus, type FocusPlace } from './focus-place';

/** What a dialog does with the focus when it closes: back to where it was when it opened, however it was opened. */
export function useFocusReturn(isOpen: boolean): (event: Event) => void {
  const place = useRef<FocusPlace>(undefined);
  // Before anything of the dialog is in the page, and so before any of it takes the focus.
  useLayoutEffect(() => {
    if (isOpen) place.current = currentPlace();
  }, [isOpen]);
  return useCallback((event: Event) => {
    event.preventDefault();
    returnFocus(place.current);
  }, []);
}
