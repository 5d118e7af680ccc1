'use client';
import { useState } from 'react';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { verificationOf } from '@/lib/client/tasks';
import { useKeyTest } from '../keys/test-result';
import { useSaid } from '../shared/use-said';
import { useUnsavedInput } from '../ui/unsaved-input';
import { isTyped } from './guide-cards';
import type { AddedKeys } from './use-add-keys';
import type { Guide } from './use-guide-place';

export type KeysStepState = ReturnType<typeof useKeysStep>;

/** The first step: keys are pasted, added, which may take a while, and tested. */
export function useKeysStep({ place, remember }: Guide, hasKeys: boolean) {
  const said = useSaid();
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<string>();
  const [isAddingMore, setAddingMore] = useState(false);
  const test = useKeyTest(place.verification);
  const isAdding = place.adding !== '';
  // Keys may come from elsewhere meanwhile: what was pasted here stays.
  const isOpen = !isAdding && (!hasKeys || isAddingMore || test.isBad || isTyped(text));
  useUnsavedInput(isOpen && isTyped(text));
  return {
    /** What was pasted. */
    text,
    setText,
    /** Why the keys could not be added. */
    failure,
    test,
    isAdding,
    /** Keys can be pasted. */
    isOpen,
    addMore: () => setAddingMore(true),
    beginAdding: ({ provider, adding, verification }: AddedKeys) => {
      // What is not added yet may have to be tried again.
      if (adding === '') setText('');
      setFailure(undefined);
      remember({ provider, adding, verification });
      setAddingMore(false);
    },
    endAdding: (task: TaskItem | undefined) => {
      const isFailed = task?.state === 'failed';
      if (!isFailed) setText('');
      setFailure(isFailed ? said(task, 'error') : undefined);
      remember({ adding: '', verification: task === undefined ? '' : verificationOf(task) });
    },
  };
}
