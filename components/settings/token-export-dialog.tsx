'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { exportTokens } from '@/lib/client/tokens';
import { saveFile } from '../shared/save-file';
import { useAct } from '../shared/use-act';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Switch } from '../ui/switch';

export interface TokenFilesProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}

/** All tokens made here to a file, the tokens themselves only if somebody says so. */
export function TokenExportDialog({ isOpen, onOpenChange }: TokenFilesProps) {
  const t = useTranslations('tokens.files');
  return (
    <Dialog
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      title={t('exportTitle')}
      description={t('exportHint')}
    >
      <ExportForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function ExportForm({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations('tokens.files');
  const act = useAct();
  const [hasSecrets, setHasSecrets] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const file = await act(() => exportTokens(hasSecrets), t('exportFailed'));
    setBusy(false);
    if (file === undefined) return;
    saveFile(file, 'tokens.json');
    onDone();
  };
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label className="flex items-center gap-2 text-sm">
        <Switch
          needs={['tokens.export', { secrets: true }]}
          checked={hasSecrets}
          onCheckedChange={setHasSecrets}
        />
        {t('withSecrets')}
      </label>
      <p className={hasSecrets ? 'text-sm text-warn' : 'text-sm text-ink-soft'} aria-live="polite">
        {t(hasSecrets ? 'secretsIn' : 'secretsOut')}
      </p>
      <Button type="submit" look="primary" className="justify-self-end" isBusy={isBusy}>
        {t('save')}
      </Button>
    </form>
  );
}
