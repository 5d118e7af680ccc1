'use client';
import { createContext, use, useEffect, useId } from 'react';

type Note = (id: string, isUnsaved: boolean) => void;

/** Who wants to know of unsaved input: the page, and the dialog around a form. */
export const UnsavedInput = createContext<Note>(() => undefined);

/** While it is true, the dialog around asks before it closes, and the page before a link or a reload leaves it. */
export function useUnsavedInput(isUnsaved: boolean): void {
  const note = use(UnsavedInput);
  const id = useId();
  useEffect(() => {
    note(id, isUnsaved);
    return () => note(id, false);
  }, [note, id, isUnsaved]);
}
