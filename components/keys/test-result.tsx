'use client';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck } from 'lucide-react';
import Link from 'next/link';
import type { KeyVerifyResult } from '@/lib/admin/contract/keys';
import { useTranslations } from '@/i18n/use-translations';
import { isGone } from '@/lib/client/api-error';
import { providersQuery } from '@/lib/client/providers';
import { isOver, taskQuery } from '@/lib/client/tasks';
import { useSaid } from '../shared/use-said';
import { textLinkLook } from '../ui/looks';
import { Progress } from '../ui/progress';
import { headerAskedFor } from './header-asked';

/** The test of some keys, as it goes on and as it ended; undefined if there is none, or it is forgotten. */
export function useKeyTest(id: string) {
  const { data, error } = useQuery({ ...taskQuery(id), enabled: id !== '' });
  const task = isGone(error) ? undefined : data;
  const result = (task?.result ?? undefined) as KeyVerifyResult | undefined;
  const isRunning = task !== undefined && !isOver(task);
  const isBad = result !== undefined && result.alive === 0 && result.rejected > 0;
  return { task, result, isRunning, isBad };
}

interface TestResultProps {
  readonly test: ReturnType<typeof useKeyTest>;
  /** How many models the provider lists; 0 if that is not known. */
  readonly modelCount: number;
}

const SHOWN_MAX = 4;

/** How many keys work, and why the others do not, in words. */
export function TestResult({ test, modelCount }: TestResultProps) {
  const t = useTranslations('keys.test');
  const said = useSaid();
  const { task, result, isRunning } = test;
  if (task === undefined) return null;
  if (isRunning) {
    return (
      <div className="grid gap-1.5" role="status">
        <p className="text-xs text-ink-soft">{t('running', { done: task.done, total: task.total ?? 0 })}</p>
        <Progress value={task.done} max={Math.max(task.total ?? 1, 1)} label={t('label')} />
      </div>
    );
  }
  if (result === undefined) return null;
  const others = (result.groups ?? []).filter(({ outcome }) => outcome !== 'alive').slice(0, SHOWN_MAX);
  return (
    <ul className="grid gap-1 text-sm" role="status" data-testid="test-result">
      {result.alive > 0 && (
        <li className="flex items-start gap-2">
          <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
          <span>
            {t('alive', { count: result.alive })}
            {modelCount > 0 && t('models', { count: modelCount })}
          </span>
        </li>
      )}
      {others.map((group) => (
        <li key={`${group.outcome} ${group.text}`} className="flex items-start gap-2">
          <CircleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
          <span className="min-w-0 break-words">
            <Refusal group={group} />
            <span className="block text-xs break-words text-ink-soft">{said(group, 'text')}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

type Group = NonNullable<KeyVerifyResult['groups']>[number];

function Refusal({ group }: { readonly group: Group }) {
  const t = useTranslations('keys.test');
  const { data } = useQuery(providersQuery);
  const { count, text } = group;
  const header = headerAskedFor(text);
  const provider = data?.items.find(({ slug }) => slug === group.provider);
  if (group.outcome !== 'rejected') return t('unproven', { count });
  if (header === undefined) return t('refused', { count, why: t(whyOf(text)) });
  return (
    <>
      {t('asksHeader', { count, header })}
      <span className="block">
        {t.rich('setHeader', {
          header,
          form: (chunks) => (
            <Link
              prefetch={false}
              className={textLinkLook}
              href={provider === undefined ? '/providers' : `/providers?open=edit&provider=${provider.id}`}
            >
              {chunks}
            </Link>
          ),
        })}
      </span>
    </>
  );
}

/** The kind of a refusal, by the status with which its text begins. */
function whyOf(text: string): 'why.money' | 'why.forbidden' | 'why.key' | 'why.other' {
  if (/quota|balance|billing|credit|insufficient|^402/i.test(text)) return 'why.money';
  if (/^401|invalid|incorrect|api.key/i.test(text)) return 'why.key';
  return /^403/.test(text) ? 'why.forbidden' : 'why.other';
}
