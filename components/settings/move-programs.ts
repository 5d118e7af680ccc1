import type { MoveInBody } from '@/lib/client/installation';

export type MoveProgram = MoveInBody['program'];
export type MoveFile = 'database' | 'config' | 'environment';

interface ProgramParts {
  /** As it calls itself. */
  readonly title: string;
  /** What it leaves, what says most first. */
  readonly files: readonly MoveFile[];
  /** It may have encrypted its keys. */
  readonly hasEncryptionKey: boolean;
}

/** What there is to choose for each program that can be moved in from. */
export const MOVE_PROGRAMS = {
  'gpt-load': { title: 'gpt-load', files: ['database'], hasEncryptionKey: true },
  'new-api': { title: 'new-api', files: ['database'], hasEncryptionKey: false },
  'one-api': { title: 'one-api', files: ['database'], hasEncryptionKey: false },
  litellm: { title: 'LiteLLM', files: ['config', 'environment'], hasEncryptionKey: false },
  'gemini-balance': {
    title: 'gemini-balance',
    files: ['database', 'environment'],
    hasEncryptionKey: false,
  },
} as const satisfies Record<MoveProgram, ProgramParts>;

export const MOVE_PROGRAM_NAMES = Object.keys(MOVE_PROGRAMS) as MoveProgram[];

export const partsOf = (program: MoveProgram): ProgramParts => MOVE_PROGRAMS[program];

const MB = 2 ** 20;
/** As the admin API takes them; bytes. */
export const MOVE_FILE_BYTES_MAX: Readonly<Record<MoveFile, number>> = {
  database: 32 * MB,
  config: MB,
  environment: MB / 4,
};
