'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import type { EndpointAnswer } from '@/lib/admin/contract/endpoint';
import type { proxiesApi } from '@/lib/admin/contract/proxies';
import { formatDuration } from '@/lib/client/format';
import { createProxies, proxiesKey, testAddresses } from '@/lib/client/proxies';
import { isolatedList } from '@/lib/client/isolated';
import { useErrorText, useFieldErrors } from '../shared/use-error-text';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Switch } from '../ui/switch';
import { Textarea } from '../ui/textarea';
import { useUnsavedInput } from '../ui/unsaved-input';
import { useSaid } from '../shared/use-said';

interface AddProxiesDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

export function AddProxiesDialog({ isOpen, onOpenChange }: AddProxiesDialogProps) {
  const t = useTranslations('proxies.addDialog');
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t('title')} description={t('hint')}>
      <AddProxiesForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

const TESTS_MAX = 50;

function AddProxiesForm({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations('proxies.addDialog');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [isShared, setShared] = useState(true);
  const urls = text.split(/[\s,;]+/).filter((url) => url !== '');
  const test = useMutation({ mutationFn: () => testAddresses(urls.slice(0, TESTS_MAX)) });
  const save = useSaveProxies(onDone);
  // Of what is saved only the lines that are wrong are left, and those were told.
  useUnsavedInput(text.trim() !== '' && !save.isSuccess);
  const change = (next: string) => {
    setText(next);
    test.reset();
    save.reset();
  };

  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ text, isShared, note: note.trim() });
      }}
    >
      <AddressesField value={text} onChange={change} problem={save.error ?? test.error} />
      <NoteField value={note} onChange={setNote} />
      <SharedSwitch isShared={isShared} onChange={setShared} />
      {test.data !== undefined && <TestResults items={test.data.items} />}
      {save.data !== undefined && <InvalidLines lines={save.data.invalid} />}
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={urls.length === 0}
          needs="proxies.testUnsaved"
          isBusy={test.isPending}
          onClick={() => test.mutate()}
        >
          {urls.length > TESTS_MAX ? t('testFirst', { count: TESTS_MAX }) : t('test')}
        </Button>
        <Button
          type="submit"
          look="primary"
          className="ml-auto"
          disabled={urls.length === 0}
          needs="proxies.create"
          isBusy={save.isPending}
        >
          {t('submit', { count: urls.length })}
        </Button>
      </div>
    </form>
  );
}

/** `onDone` is called when none was wrong. */
function useSaveProxies(onDone: () => void) {
  const t = useTranslations('proxies.addDialog');
  const client = useQueryClient();
  return useMutation({
    mutationFn: createProxies,
    onSuccess: async ({ added, invalid, duplicates }) => {
      await client.invalidateQueries({ queryKey: proxiesKey });
      toast.success(t('done', { added: added.length, duplicates }));
      if (invalid.length === 0) onDone();
    },
  });
}

interface TextFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function AddressesField({ value, onChange, problem }: TextFieldProps & { readonly problem: Error | null }) {
  const t = useTranslations('proxies.addDialog');
  const errorText = useErrorText();
  const fieldErrors = useFieldErrors();
  const error = fieldErrors(problem).text ?? (problem === null ? undefined : errorText(problem));
  return (
    <Field label={t('addresses')} {...(error === undefined ? {} : { error })}>
      {(control) => (
        <Textarea
          {...control}
          className="h-36 font-mono text-xs break-all"
          placeholder={'socks5://user:password@host:1080\nhttp://host:3128'}
          value={value}
          autoFocus
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function NoteField({ value, onChange }: TextFieldProps) {
  const t = useTranslations('proxies.addDialog');
  return (
    <Field label={t('note')}>
      {(control) => (
        <Input
          {...control}
          value={value}
          maxLength={1000}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

type InvalidLine = EndpointAnswer<(typeof proxiesApi)['create']>['invalid'][number];

function InvalidLines({ lines }: { readonly lines: readonly InvalidLine[] }) {
  const t = useTranslations('proxies.addDialog');
  const said = useSaid();
  if (lines.length === 0) return null;
  return (
    <ul className="grid max-h-32 gap-1 overflow-y-auto text-xs text-bad" role="alert">
      {lines.map((entry) => (
        <li key={`${entry.line}-${entry.address}`} className="break-words">
          {t('invalidLine', {
            line: entry.line,
            address: entry.address,
            reason: said(entry, 'reason'),
          })}
        </li>
      ))}
    </ul>
  );
}

type TestItems = EndpointAnswer<(typeof proxiesApi)['testUnsaved']>['items'];

function TestResults({ items }: { readonly items: TestItems }) {
  const t = useTranslations('proxies');
  const said = useSaid();
  const hosts = [...new Set(items.flatMap(({ tried }) => tried.map(({ address }) => address)))];
  return (
    <ul
      className="grid max-h-48 gap-1 overflow-y-auto rounded-md border border-line p-2 text-xs"
      aria-live="polite"
    >
      {items.map((item, index) => (
        <li key={index} className="flex items-center gap-2">
          <Badge tone={item.ok ? 'good' : item.isUnclear ? 'warn' : 'bad'}>
            {item.ok ? t('passed') : item.isUnclear ? t('unclear') : t('failed')}
          </Badge>
          <span className="min-w-0 flex-1 truncate font-mono">{item.address}</span>
          <span className="min-w-0 truncate text-ink-soft" title={said(item, 'error') || undefined}>
            {said(item, 'error') || (item.latencyMs === null ? '' : formatDuration(item.latencyMs))}
          </span>
        </li>
      ))}
      {hosts.length > 0 && (
        <li className="break-words text-ink-soft">{t('tried', { addresses: isolatedList(hosts) })}</li>
      )}
    </ul>
  );
}

interface SharedSwitchProps {
  readonly isShared: boolean;
  readonly onChange: (isShared: boolean) => void;
}

function SharedSwitch({ isShared, onChange }: SharedSwitchProps) {
  const t = useTranslations('proxies.addDialog');
  return (
    <label className="flex items-center gap-2 text-sm">
      <Switch checked={isShared} onCheckedChange={onChange} />
      {t('isShared')}
    </label>
  );
}
