'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  importTokens,
  previewTokenImport,
  tokensKey,
  type TokenImportBody,
  type TokenPreviewBody,
} from '@/lib/client/tokens';
import { useUnsavedInput } from '../ui/unsaved-input';
import { readTokenFile, type TokenFile } from './token-file';

type Existing = NonNullable<TokenPreviewBody['existing']>;

interface Chosen {
  /** Tells files apart that were chosen one after the other. */
  readonly number: number;
  readonly name: string;
  readonly read: TokenFile;
}

/** The state of the import form: a file, what would become of each of its tokens, and the import. */
export function useTokenImport() {
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen>();
  const [existing, setExisting] = useState<Existing>('skip');
  const tokens = chosen !== undefined && 'tokens' in chosen.read ? chosen.read.tokens : undefined;
  const importing = useMutation({
    mutationFn: (body: TokenImportBody) => importTokens(body),
    onSettled: () => client.invalidateQueries({ queryKey: tokensKey }),
  });
  const preview = useQuery({
    // The tokens themselves stay out of the key, which tools may show.
    queryKey: [...tokensKey, 'import-preview', chosen?.number, existing],
    queryFn: ({ signal }) => previewTokenImport({ tokens: [...(tokens ?? [])], existing }, signal),
    enabled: tokens !== undefined && importing.data === undefined,
    gcTime: 0,
    retry: false,
  });
  useUnsavedInput(tokens !== undefined && importing.data === undefined);
  // Those that would be refused are left out: one of them would keep out all.
  const sound = tokens?.filter((_token, index) => preview.data?.items[index]?.outcome !== 'refused') ?? [];
  return {
    chosen,
    existing,
    setExisting,
    preview,
    importing,
    choose: async (file: File) => {
      const read = await readTokenFile(file);
      importing.reset();
      setChosen((before) => ({ number: (before?.number ?? 0) + 1, name: file.name, read }));
    },
    canImport:
      preview.data !== undefined && preview.data.added + preview.data.updated > 0 && !preview.isFetching,
    submit: () => importing.mutate({ tokens: sound as TokenImportBody['tokens'], existing }),
  };
}

export type TokenImportState = ReturnType<typeof useTokenImport>;
