import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEnvFile, watchEnvFile } from '../../../lib/config/env-file';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'env-file-'));
  path = join(folder, '.env');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What the file is known by. */
function idOf(): string {
  const read = readEnvFile(path);
  if (read.status !== 'ok') throw new Error(read.status);
  return read.fileId;
}

describe('readEnvFile', () => {
  it('knows each file that took the place of another, though numbers of files are given again', () => {
    const ids = Array.from({ length: 20 }, (_, index) => {
      writeFileSync(`${path}.draft`, `MAX_RETRIES=${index}\n`);
      renameSync(`${path}.draft`, path);
      return idOf();
    });
    expect(new Set(ids).size).toBe(20);
    writeFileSync(path, 'MAX_RETRIES=9\n');
    expect(idOf()).toBe(ids.at(-1));
  });

  it('reads quotes, comments, exports and values of several lines', () => {
    writeFileSync(
      path,
      '\uFEFFPORT=1 # why\r\nexport HOST="::"\nAPI_KEYS="[\n  \\"a\\",\n  \\"b\\"\n]"\nPROXIES=\'[\n"http://h"\n]\'\n',
    );
    const read = readEnvFile(path);
    expect(read).toMatchObject({
      status: 'ok',
      values: { PORT: '1', HOST: '::', PROXIES: '[\n"http://h"\n]' },
    });
  });

  it('tells a missing file from one that cannot be read', () => {
    expect(readEnvFile(path)).toStrictEqual({ status: 'missing' });
    mkdirSync(path);
    expect(readEnvFile(path)).toMatchObject({ status: 'unreadable' });
    expect(readEnvFile(join(path, 'x', 'y'))).toStrictEqual({ status: 'missing' });
  });

  it.skipIf(process.getuid?.() === 0)('says why a file cannot be read', () => {
    writeFileSync(path, 'PORT=1');
    chmodSync(path, 0);
    expect(readEnvFile(path)).toMatchObject({
      status: 'unreadable',
      message: `${path} cannot be read (EACCES)`,
    });
  });
});

describe('watchEnvFile', () => {
  let watcher: { close(): void } | undefined;
  afterEach(() => watcher?.close());

  /** Watches, and gives a wait for the next change. */
  const watching = (target = path, pollMs = 50) => {
    const seen: string[] = [];
    let wake: () => void = () => undefined;
    watcher = watchEnvFile(
      target,
      () => {
        const read = readEnvFile(target);
        seen.push(read.status === 'ok' ? (read.values['PORT'] ?? '') : read.status);
        wake();
      },
      { pollMs, debounceMs: 20 },
    );
    return {
      seen,
      next: async () => {
        if (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return seen.shift();
      },
    };
  };

  it('sees a file that is written in place', async () => {
    writeFileSync(path, 'PORT=1');
    const changes = watching();
    writeFileSync(path, 'PORT=2');
    expect(await changes.next()).toBe('2');
  });

  it('sees a file that is replaced by a rename, again and again', async () => {
    writeFileSync(path, 'PORT=1');
    const changes = watching();
    for (const port of ['2', '3', '4']) {
      writeFileSync(join(folder, '.env.tmp'), `PORT=${port}`);
      renameSync(join(folder, '.env.tmp'), path);
      expect(await changes.next()).toBe(port);
    }
  });

  it('does not wait for the poll where the system tells of changes', async () => {
    writeFileSync(path, 'PORT=1');
    const changes = watching(path, 60_000);
    writeFileSync(join(folder, '.env.tmp'), 'PORT=2');
    renameSync(join(folder, '.env.tmp'), path);
    expect(await changes.next()).toBe('2');
  });

  it('sees a file that does not exist yet', async () => {
    const changes = watching();
    writeFileSync(path, 'PORT=2');
    expect(await changes.next()).toBe('2');
  });

  it('sees a file in a folder that does not exist yet', async () => {
    const target = join(folder, 'later', '.env');
    const changes = watching(target);
    mkdirSync(join(folder, 'later'));
    writeFileSync(target, 'PORT=2');
    expect(await changes.next()).toBe('2');
  });

  it('sees the target of a symlink change, and the link itself', async () => {
    const target = join(mkdtempSync(join(folder, 'elsewhere-')), 'real.env');
    writeFileSync(target, 'PORT=1');
    symlinkSync(target, path);
    const changes = watching();
    writeFileSync(target, 'PORT=2');
    expect(await changes.next()).toBe('2');
    writeFileSync(`${target}.next`, 'PORT=3');
    symlinkSync(`${target}.next`, join(folder, 'new-link'));
    renameSync(join(folder, 'new-link'), path);
    expect(await changes.next()).toBe('3');
  });

  it('takes a file that goes away for no change, and sees it come back', async () => {
    writeFileSync(path, 'PORT=1');
    const changes = watching();
    unlinkSync(path);
    // The event of a neighbour comes after that of the removal.
    writeFileSync(join(folder, 'neighbour'), '');
    writeFileSync(path, 'PORT=2');
    expect(await changes.next()).toBe('2');
    expect(changes.seen).toStrictEqual([]);
  });

  it('tells several writes in a row once, with the last content', async () => {
    writeFileSync(path, 'PORT=1');
    const changes = watching();
    for (const port of ['2', '3', '4', '5']) writeFileSync(path, `PORT=${port}`);
    expect(await changes.next()).toBe('5');
    expect(changes.seen).toStrictEqual([]);
  });

  describe('with the clock in hand', () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('sees a change without any event within the poll, after a quiet moment', () => {
      writeFileSync(path, 'PORT=1');
      const onChange = vi.fn();
      // A folder that cannot be watched: only the poll is left.
      const target = join(folder, 'later', '.env');
      watcher = watchEnvFile(target, onChange);
      mkdirSync(join(folder, 'later'));
      writeFileSync(target, 'PORT=2');
      vi.advanceTimersByTime(1000);
      expect(onChange).not.toHaveBeenCalled();
      vi.advanceTimersByTime(100);
      expect(onChange).toHaveBeenCalledOnce();
      vi.advanceTimersByTime(10_000);
      expect(onChange).toHaveBeenCalledOnce();
    });

    it('waits for the end of a slow write', () => {
      const target = join(folder, 'later', '.env');
      const onChange = vi.fn();
      watcher = watchEnvFile(target, onChange);
      mkdirSync(join(folder, 'later'));
      writeFileSync(target, 'PORT=');
      vi.advanceTimersByTime(1050);
      writeFileSync(target, 'PORT=2');
      vi.advanceTimersByTime(50);
      expect(onChange).not.toHaveBeenCalled();
      vi.advanceTimersByTime(100);
      expect(onChange).toHaveBeenCalledOnce();
    });

    it('stays silent when the file goes away, and after it is closed', () => {
      const target = join(folder, 'later', '.env');
      const onChange = vi.fn();
      watcher = watchEnvFile(target, onChange);
      mkdirSync(join(folder, 'later'));
      writeFileSync(target, 'PORT=1');
      vi.advanceTimersByTime(1050);
      watcher.close();
      vi.advanceTimersByTime(10_000);
      watcher = watchEnvFile(target, onChange);
      unlinkSync(target);
      vi.advanceTimersByTime(10_000);
      expect(onChange).not.toHaveBeenCalled();
    });
  });
});
