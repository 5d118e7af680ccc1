import { closeSync, type FSWatcher, fstatSync, openSync, readFileSync, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parse } from 'dotenv';
import { isWholeText } from './env-text';

export type EnvFileRead =
  | {
      readonly status: 'ok';
      readonly values: Record<string, string>;
      readonly text: string;
      /** False if the text looks like a file that is still being written. */
      readonly isWhole: boolean;
      /** The same as long as the file is written in place; another one when it was replaced by a rename. */
      readonly fileId: string;
    }
  | { readonly status: 'missing' }
  | { readonly status: 'unreadable'; readonly message: string };

/** Never throws. Values in quotes may have several lines. The message holds the path, never the content. */
export function readEnvFile(path: string): EnvFileRead {
  try {
    const { content, fileId } = readOpen(path);
    const text = withoutMark(content);
    if (text.includes('\0')) {
      // Left by a crash of the machine or by an editor that writes UTF-16.
      return { status: 'unreadable', message: `${path} is not a text file in UTF-8: it holds NUL bytes` };
    }
    return { status: 'ok', values: parse(text), text, isWhole: isWholeText(text), fileId };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { status: 'missing' };
    if (code === 'EISDIR') {
      const message = `${path} is a folder (Docker makes one where the file to mount does not exist)`;
      return { status: 'unreadable', message };
    }
    return { status: 'unreadable', message: `${path} cannot be read (${code})` };
  }
}

/** The values of a text such as a `.env` has. Never throws; undefined for what is no text. */
export function readEnvText(content: string): Record<string, string> | undefined {
  const text = withoutMark(content);
  return text.includes('\0') ? undefined : parse(text);
}

/** Editors on Windows put a byte order mark first, which would become part of the first name. */
const withoutMark = (content: string): string => content.replace(/^\uFEFF/, '');

/** The content and what it was read from, also when the path is given to another file meanwhile. */
function readOpen(path: string): { readonly content: string; readonly fileId: string } {
  const descriptor = openSync(path, 'r');
  try {
    // A new file may get the number of one that was just replaced, but never its time of birth.
    const { dev, ino, birthtimeNs } = fstatSync(descriptor, { bigint: true });
    return { content: readFileSync(descriptor, 'utf8'), fileId: `${dev}:${ino}:${birthtimeNs}` };
  } finally {
    closeSync(descriptor);
  }
}

export interface WatchOptions {
  /** 1000 by default. */
  readonly pollMs?: number;
  /** The quiet time after a change until it is told; 100 by default. */
  readonly debounceMs?: number;
}

/**
 * Calls `onChange` once the file has changed and been quiet for a moment: written in place, replaced by a rename (as
 * editors do), made later, reached through a symlink, or mounted into a container. A file that goes away is no change.
 * Does not keep the process alive. Nothing is called after `close()`.
 */
export function watchEnvFile(
  path: string,
  onChange: () => void,
  { pollMs = 1000, debounceMs = 100 }: WatchOptions = {},
): { close(): void } {
  let seen = signatureOf(path);
  let quiet: NodeJS.Timeout | undefined;

  const check = () => {
    const now = signatureOf(path);
    if (now === undefined || now === seen) return;
    seen = now;
    clearTimeout(quiet);
    quiet = setTimeout(settle, debounceMs).unref();
  };
  const settle = () => {
    const before = seen;
    check();
    if (seen === before) onChange();
  };

  // Events are quick but do not come through bind mounts and symlinks; looking every second does.
  const watcher = watchFolder(path, check);
  const poll = setInterval(check, pollMs).unref();
  return {
    close() {
      clearInterval(poll);
      clearTimeout(quiet);
      watcher?.close();
    },
  };
}

/** The folder and not the file: a watch on the file would stay with the old one when an editor replaces it. */
function watchFolder(path: string, onEvent: () => void): FSWatcher | undefined {
  const file = basename(path);
  try {
    const watcher = watch(dirname(resolve(path)), { persistent: false }, (_event, changed) => {
      if (changed === null || changed === file) onEvent();
    });
    // The folder went away: the poll goes on alone.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Differs whenever the file was written, replaced or made readable; undefined if it is missing. */
function signatureOf(path: string): string | undefined {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(path, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(':');
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
