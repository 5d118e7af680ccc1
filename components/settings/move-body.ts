import type { MoveInBody } from '@/lib/client/installation';
import { partsOf, type MoveFile, type MoveProgram } from './move-programs';

export interface MoveDraft {
  readonly program: MoveProgram;
  readonly files: Readonly<Partial<Record<MoveFile, File>>>;
  readonly encryptionKey: string;
}

/** What is sent: the database packed, texts as they are. Rejects if the browser cannot read a file any more. */
export async function moveBody(draft: MoveDraft, preview: boolean): Promise<MoveInBody> {
  const { program, encryptionKey } = draft;
  const { database, config, environment } = filesOf(draft);
  return {
    program,
    preview,
    ...(database !== undefined && { database: await packed(database) }),
    ...(config !== undefined && { config: await config.text() }),
    ...(environment !== undefined && { environment: await environment.text() }),
    ...(partsOf(program).hasEncryptionKey && encryptionKey.trim() !== '' && { encryptionKey }),
  };
}

/** Of those that were chosen the ones that this program leaves. */
export function filesOf({ program, files }: MoveDraft): MoveDraft['files'] {
  const { files: wanted } = partsOf(program);
  return Object.fromEntries(Object.entries(files).filter(([kind]) => wanted.includes(kind as MoveFile)));
}

/** In base64, packed with gzip: of a database some tenths are left. */
async function packed(file: Blob): Promise<string> {
  const stream = file.stream().pipeThrough(new CompressionStream('gzip'));
  const address = await dataUrlOf(await new Response(stream).blob());
  return address.slice(address.indexOf(',') + 1);
}

function dataUrlOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
    reader.readAsDataURL(blob);
  });
}
