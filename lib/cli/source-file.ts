import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { failed } from './failure';

const BYTES_MAX = 32 * 2 ** 20;

/**
 * The text of a file that a person has named. Rejects, in words without any of its content, if it is none. Messages
 * call it `shown`: some people give a secret in the place of the file that it is in.
 */
export async function readSourceText(path: string, shown = path): Promise<string> {
  refuseOddFile(path, shown);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw failed(`${shown} cannot be read: ${error.code ?? 'unknown'}`);
  });
  if (!isUtf8(bytes)) throw failed(`${shown} is no text in UTF-8.`);
  return bytes.toString('utf8');
}

/**
 * Throws for a folder, a device or a pipe, which might never end, and for a file that is too large. Says nothing of one
 * that is not there or cannot be looked at: reading it tells.
 */
export function refuseOddFile(path: string, shown = path): void {
  const stats = statsOf(path);
  if (stats === undefined) return;
  if (!stats.isFile()) throw failed(`${shown} is no file: a folder, a device or a pipe is not read.`);
  if (stats.size > BYTES_MAX) throw failed(`${shown} is too large: 32 MB at most.`);
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

function statsOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
