import { geminiBalance } from './sources/gemini-balance';
import { gptLoad } from './sources/gpt-load';
import { litellm } from './sources/litellm';
import { newApi } from './sources/new-api';
import { oneApi } from './sources/one-api';
import type { SourceProgram } from './source';

/** All programs that can be moved in from, by the word that names them in commands. */
export const SOURCE_PROGRAMS = {
  'gpt-load': gptLoad,
  'new-api': newApi,
  'one-api': oneApi,
  litellm,
  'gemini-balance': geminiBalance,
} as const satisfies Record<string, SourceProgram>;

export type SourceProgramName = keyof typeof SOURCE_PROGRAMS;

export const SOURCE_PROGRAM_NAMES = Object.keys(SOURCE_PROGRAMS) as SourceProgramName[];
