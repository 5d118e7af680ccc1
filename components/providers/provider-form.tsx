'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { ProviderItem } from '@/lib/admin/contract/providers';
import { GoneNotice } from '../shared/gone-notice';
import { Section } from '../shared/section';
import { Button } from '../ui/button';
import { useDialogClose } from '../ui/dialog';
import { BalancingFields } from './balancing-fields';
import { EgressFields } from './egress-fields';
import { FallbackFields } from './fallback-fields';
import { LimitsFields } from '../limits/limits-fields';
import { HeaderFields } from './header-fields';
import { IdentityFields } from './identity-fields';
import type { ProviderPartProps } from './provider-draft';
import { useProviderForm } from './use-provider-form';

interface ProviderFormProps {
  readonly provider: ProviderItem | undefined;
  readonly isGone: boolean;
  readonly onDone: () => void;
}

export function ProviderForm({ provider, isGone, onDone }: ProviderFormProps) {
  const t = useTranslations('providers');
  const common = useTranslations('common');
  const { part, isTyped, canSave, isSaving, save, otherError } = useProviderForm(provider, onDone);
  const close = useDialogClose();

  if (isGone && !isTyped) return <GoneNotice of="provider" onClose={onDone} />;
  return (
    <form
      className="grid gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      noValidate
    >
      {isGone && (
        <Alert text={`${common('gone.provider')}. ${common('goneTyped')}`} look="bg-warn-soft text-warn" />
      )}
      <IdentityFields {...part} isNew={provider === undefined} />
      <Section title={t('sections.balancing')}>
        <BalancingFields {...part} effective={provider?.effective} />
      </Section>
      <Section title={t('sections.limits')}>
        <ProviderLimits {...part} />
      </Section>
      <Section title={t('sections.fallbacks')}>
        <FallbackFields {...part} ownSlug={provider?.slug} />
      </Section>
      <Section title={t('sections.egress')}>
        <EgressFields {...part} />
      </Section>
      <Section title={t('sections.requests')}>
        <HeaderFields {...part} />
      </Section>
      {otherError !== undefined && <Alert text={otherError} look="bg-bad-soft text-bad" />}
      <div className="sticky -bottom-4 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-surface px-4 py-3">
        <Button onClick={close}>{common('cancel')}</Button>
        <Button
          type="submit"
          look="primary"
          needs="providers.update"
          isBusy={isSaving}
          disabled={isGone || !canSave}
        >
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

function ProviderLimits({ fields, set, wrong }: ProviderPartProps) {
  const t = useTranslations('providers');
  const { error } = wrong('limits');
  return (
    <div className="grid min-w-0 gap-2">
      <p className="text-xs text-ink-faint">{t('hints.limits')}</p>
      <LimitsFields draft={fields.limits} onChange={(limits) => set({ limits })} inherited={null} />
      {error !== undefined && (
        <p role="alert" className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

function Alert({ text, look }: { readonly text: string; readonly look: string }) {
  return (
    <p role="alert" className={`rounded-md px-3 py-2 text-sm break-words ${look}`}>
      {text}
    </p>
  );
}
