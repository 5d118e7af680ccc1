import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import { redirect } from 'next/navigation';
import { Logo } from '@/components/layout/logo';
import { LoginForm } from '@/components/login/login-form';
import { LanguageSelect, ThemeSelect } from '@/components/login/login-preferences';
import { WAIT, type LoginTexts } from '@/components/login/login-texts';
import { ProviderButton } from '@/components/login/provider-button';
import { safeNext } from '@/components/login/safe-next';
import { oidcSignIn } from '@/lib/runtime/routes/oidc-sign-in';
import { currentSession } from '@/lib/runtime/routes/require-session';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('login'))('title') };
}

interface Props {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function LoginPage({ searchParams }: Props) {
  const { next, reason, error } = await searchParams;
  if ((await currentSession()) !== undefined) redirect(safeNext(next));
  const t = await getTranslations('login');
  const texts: LoginTexts = {
    token: t('token'),
    hint: t('hint'),
    show: t('show'),
    hide: t('hide'),
    submit: t('submit'),
    expired: t('expired'),
    wrong: t('wrong'),
    unreachable: t('unreachable'),
    locked: t('locked', { time: WAIT }),
    or: t('or'),
  };
  const oidc = await oidcSignIn(error);
  return (
    <div className="grid min-h-dvh grid-rows-[auto_1fr_auto]">
      <Preferences />
      <main className="grid place-items-center px-4">
        <div className="w-full max-w-88">
          <div className="mb-6 flex items-center gap-2.5">
            <Logo className="size-7 text-accent" />
            <div>
              <h1 className="text-lg leading-5 font-semibold">OpenAI Balance</h1>
              <p className="text-xs text-ink-soft">{t('title')}</p>
            </div>
          </div>
          <LoginForm texts={texts} next={safeNext(next)} isExpired={reason === 'expired'} />
          {oidc !== undefined && (
            <ProviderButton
              texts={texts}
              name={oidc.name}
              failure={oidc.failure && t(`failures.${oidc.failure}`, { name: oidc.refused ?? '' })}
              next={safeNext(next)}
            />
          )}
        </div>
      </main>
      <div className="h-16" />
    </div>
  );
}

async function Preferences() {
  const layout = await getTranslations('layout');
  return (
    <div className="flex justify-end gap-1 p-3">
      <LanguageSelect label={layout('language')} locale={await getLocale()} />
      <ThemeSelect
        label={layout('theme')}
        names={{
          system: layout('themes.system'),
          light: layout('themes.light'),
          dark: layout('themes.dark'),
        }}
      />
    </div>
  );
}
