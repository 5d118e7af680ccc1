'use client';
import { useQuery } from '@tanstack/react-query';
import { importKeys, keysKey, type KeyImportBody } from '@/lib/client/keys';
import { useDebounced } from '../shared/use-debounced';

const PREVIEW_PAUSE_MS = 300;

export type KeysPreview = ReturnType<typeof useImportPreview>;

interface PreviewOf {
  readonly provider: string;
  readonly text: string;
  readonly takesOdd: boolean;
  readonly options?: Pick<KeyImportBody, 'account' | 'limits' | 'tags'> | undefined;
}

/** What would become of each key of a text, some moments after the last change of it. */
export function useImportPreview({ provider, text, takesOdd, options }: PreviewOf) {
  const settled = useDebounced(text, PREVIEW_PAUSE_MS);
  const settledOptions = useDebounced(JSON.stringify(options ?? {}), PREVIEW_PAUSE_MS);
  const { data, error, isFetching } = useQuery({
    // The text itself stays out of the key, which tools may show.
    queryKey: [
      ...keysKey,
      'import-preview',
      provider,
      settled.length,
      hashOf(settled),
      takesOdd,
      settledOptions,
    ],
    queryFn: () =>
      importKeys({
        provider,
        text: settled,
        preview: true,
        odd: takesOdd ? 'take' : 'skip',
        ...(JSON.parse(settledOptions) as NonNullable<PreviewOf['options']>),
      }),
    enabled: settled.trim() !== '',
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  const isEmpty = text.trim() === '';
  const report = isEmpty ? undefined : (data?.report ?? undefined);
  return { report, error, isEmpty, isLoading: isFetching, isOfThisText: settled === text && !isFetching };
}

/** Tells texts of one length apart; not for anything secret. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (hash * 31 + text.charCodeAt(index)) | 0;
  return hash;
}
