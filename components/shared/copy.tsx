'use client';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useTranslations } from '@/i18n/use-translations';
import { Button } from '../ui/button';

const SHOWN_MS = 1500;

/**
 * Puts text on the clipboard. Pages that are not served over https have no clipboard API, and self-hosted ones often
 * are not; then the old way through a selected text area is taken. Resolves with whether it worked.
 */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined && window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  // Within an open dialog, because focus may not leave it.
  (document.querySelector('[role="dialog"]') ?? document.body).append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

interface CopyButtonProps {
  readonly text: string;
  readonly label: string;
  readonly className?: string;
}

export function CopyButton({ text, label, className }: CopyButtonProps) {
  const t = useTranslations('common');
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async () => {
    const hasWorked = await copyText(text);
    setCopied(hasWorked);
    if (!hasWorked) toast.error(t('copyFailed'));
  };

  return (
    <Button look="ghost" size="iconSm" className={className} aria-label={label} onClick={() => void copy()}>
      {isCopied ? <Check className="text-good" aria-hidden /> : <Copy aria-hidden />}
      <span className="sr-only" role="status">
        {isCopied ? t('copied') : ''}
      </span>
    </Button>
  );
}
