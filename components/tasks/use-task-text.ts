'use client';
import { useCallback } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import type { KeyBulkResult, KeyImportReport } from '@/lib/admin/contract/keys';
import type { ProxyBulkResult } from '@/lib/admin/contract/proxies';
import type { TaskItem } from '@/lib/admin/contract/tasks';
import { isolated, isolatedList } from '@/lib/client/isolated';
import { useSaid } from '../shared/use-said';

export interface TaskText {
  readonly title: string;
  /** What came of it; undefined while it runs. */
  readonly outcome: string | undefined;
  /** Of a deletion that may still be taken back. */
  readonly deletionId: string | undefined;
}

type Translate = ReturnType<typeof useTranslations<'tasks'>>;
type Read = ReturnType<typeof useSaid>;

/** What a task is and what came of it, in words. Kinds that are not known here go by their own label. */
export function useTaskText(): (task: TaskItem) => TaskText {
  const t = useTranslations('tasks');
  const said = useSaid();
  return useCallback((task: TaskItem) => describe(task, t, said), [t, said]);
}

function describe(task: TaskItem, t: Translate, said: Read): TaskText {
  const text = { title: said(task, 'label'), outcome: outcomeOf(task, t, said), deletionId: undefined };
  if (task.kind === 'probe-keys') return { ...text, title: t('probeKeys') };
  if (task.kind === 'import-keys') return { ...text, title: t('importKeys') };
  if (task.kind === 'delete-logs') return { ...text, title: t('deleteLogs') };
  if (task.kind === 'keys-bulk') {
    const result = task.result as Partial<KeyBulkResult> | null;
    return { ...text, deletionId: result?.deletionId ?? undefined };
  }
  return text;
}

function outcomeOf(task: TaskItem, t: Translate, said: Read): string | undefined {
  if (task.state === 'running' || task.state === 'cancelling') return undefined;
  if (task.state === 'failed') return said(task, 'error') || t('failed');
  const outcome = resultOf(task, t, said) ?? t('handled', { done: task.done });
  return task.state === 'cancelled' ? t('cancelled', { outcome }) : outcome;
}

function resultOf({ kind, result }: TaskItem, t: Translate, said: Read): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  return results.get(kind)?.(result, t, said);
}

type ResultText = (result: object, t: Translate, said: Read) => string;

const probed: ResultText = (result, t) => {
  const { alive = 0, rejected = 0, unproven = 0 } = result as Partial<Record<string, number>>;
  return t('probed', { alive, rejected, unproven });
};

const imported: ResultText = (result, t) => {
  const { added, duplicates, existing, invalidCount } = result as KeyImportReport;
  return t('imported', { added, known: duplicates + existing, invalid: invalidCount });
};

const keysChanged: ResultText = (result, t, said) => {
  const { changed, skipped, reasons } = result as KeyBulkResult;
  const why = reasons.map((skip) => `${isolated(said(skip, 'reason'))} (${skip.count})`).join('; ');
  return skipped > 0 ? t('changedSome', { changed, skipped, why }) : t('changed', { changed });
};

const proxiesChanged: ResultText = (result, t) => {
  const { passed, failed, unclear, testedAt, changed } = result as ProxyBulkResult;
  if (passed === null) return t('changed', { changed });
  return t('tested', {
    passed,
    failed: failed ?? 0,
    unclear: unclear ?? 0,
    where: testedAt.length === 0 ? 'nowhere' : 'somewhere',
    hosts: isolatedList(testedAt),
  });
};

/** Of each kind of task that has a result of its own. */
const results = new Map<string, ResultText>([
  ['probe-keys', probed],
  ['import-keys', imported],
  ['keys-bulk', keysChanged],
  ['proxies-bulk', proxiesChanged],
]);
