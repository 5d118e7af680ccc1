import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { Stop } from '../../../../lib/balancer/stop';
import { BodyBudget } from '../../../../lib/gateway/body/body-budget';
import type { BodyFile, BodyFiles } from '../../../../lib/gateway/body/body-folder';
import { IncomingBody } from '../../../../lib/gateway/body/incoming-body';
import { SpooledBody } from '../../../../lib/gateway/body/spooled-body';
import { systemTimers } from '../../../../lib/process/system-ports';
import { ManualTimers } from '../manual-timers';

const MB = 2 ** 20;

/** Files in memory, which count what is open and fail as they are told. */
class FakeFiles implements BodyFiles {
  open = 0;
  failure: { readonly at: number; readonly code: string } | undefined;
  #created: Promise<void> | undefined;

  /** Creating one takes until the promise resolves. */
  slow(until: Promise<void>): void {
    this.#created = until;
  }

  async create(): Promise<BodyFile> {
    await this.#created;
    if (this.failure?.at === -1) throw Object.assign(new Error('no file'), { code: this.failure.code });
    this.open += 1;
    let bytes = Buffer.alloc(0);
    let isOpen = true;
    return {
      write: (pieces) => {
        bytes = Buffer.concat([bytes, ...pieces]);
        const { failure } = this;
        const isTooMuch = failure !== undefined && bytes.length > failure.at;
        return isTooMuch
          ? Promise.reject(Object.assign(new Error('x'), { code: failure.code }))
          : Promise.resolve();
      },
      read: (into, at) => Promise.resolve(bytes.copy(into, 0, at)),
      close: () => {
        if (isOpen) this.open -= 1;
        isOpen = false;
        return Promise.resolve();
      },
    };
  }
}

function incoming(declared: number, { bytesMax = 10 * MB, diskMax = 10 * MB, memoryMax = 10 * MB } = {}) {
  const files = new FakeFiles();
  const signal = new Stop();
  const disk = new BodyBudget(diskMax, systemTimers);
  const memory = new BodyBudget(memoryMax, systemTimers);
  const [share, room] = [memory.share(), disk.share()];
  const spool = { files, share: room, wholeBytesMax: 64 * MB };
  const header = () => undefined;
  const timers = new ManualTimers();
  const body = new IncomingBody({ bytesMax, share, spool, signal, timers, header }, declared);
  const send = async (...sizes: number[]) => {
    const claimed = await body.claim();
    if (claimed !== true) return claimed;
    for (const [index, size] of sizes.entries()) {
      const taken = await body.add(Buffer.alloc(size, 97 + index));
      if (taken !== true) return taken;
    }
    const ended = await body.end();
    return ended.ok ? ended.body : ended.reason;
  };
  return { body, files, memory, disk, send, signal, timers };
}

describe('a body', () => {
  it.each([0, 3 * MB])(
    'that has ended while its last part still waits for its file is whole; declared were %i bytes',
    async (declared) => {
      const { body, files } = incoming(declared);
      let create = (): void => undefined;
      files.slow(new Promise((resolve) => (create = resolve)));
      const claimed = body.claim();
      if (declared > 0) create();
      expect(await claimed).toBe(true);
      void body.add(Buffer.alloc(MB, 97));
      const last = body.add(Buffer.alloc(2 * MB, 98));
      const ended = body.end();
      create();
      await last;
      const result = await ended;
      if (!result.ok || !(result.body instanceof SpooledBody)) throw new Error('it is not in its file');
      const whole = await result.body.whole();
      expect([whole.length, whole[0], whole.at(-1)]).toEqual([3 * MB, 97, 98]);
    },
  );

  it('whose last part finds no room is refused, though it has ended', async () => {
    const { body, disk, signal } = incoming(0, { diskMax: 2 * MB });
    expect(await body.claim()).toBe(true);
    void body.add(Buffer.alloc(MB, 97));
    void disk.share().grow(2 * MB, signal);
    void body.add(Buffer.alloc(2 * MB, 98));
    const ended = body.end();
    signal.abort();
    expect(await ended).toEqual({ ok: false, reason: 'client_closed' });
  });

  it('that comes a byte at a time is put together', async () => {
    const { send, files } = incoming(0);
    const whole = await send(...Array.from({ length: 20_000 }, () => 1));
    if (!Buffer.isBuffer(whole)) throw new Error('it is not in memory');
    expect([whole.length, files.open]).toEqual([20_000, 0]);
  });

  it('is given up once nothing comes for a while, and not before', async () => {
    const { body, timers } = incoming(3_000);
    expect(await body.claim()).toBe(true);
    let isGivenUp = false;
    body.begin(() => (isGivenUp = true));
    for (let look = 0; look < 5; look += 1) {
      void body.add(Buffer.alloc(10));
      timers.fire();
      expect(isGivenUp).toBe(false);
    }
    timers.fire();
    expect(isGivenUp).toBe(true);
  });

  it.each(['end', 'drop'] as const)('is not looked at any more behind its %s', async (how) => {
    const { body, timers } = incoming(10);
    expect(await body.claim()).toBe(true);
    body.begin(() => expect.fail('it was given up'));
    void body.add(Buffer.alloc(10));
    await body[how]();
    expect(timers.waiting).toEqual([]);
  });

  it('of a megabyte at most stays in memory', async () => {
    for (const declared of [0, MB]) {
      const { send, files } = incoming(declared);
      expect(Buffer.isBuffer(await send(MB / 2, MB / 2))).toBe(true);
      expect(files.open).toBe(0);
    }
  });

  it.each([0, 3 * MB])('of more is in a file and in no memory; declared were %i bytes', async (declared) => {
    const { send, files, memory, disk } = incoming(declared);
    const body = await send(MB / 2, MB, MB, MB / 2);
    if (!(body instanceof SpooledBody)) throw new Error('it is in memory');
    expect([body.length, memory.held, disk.held, files.open]).toEqual([3 * MB, 0, 3 * MB, 1]);
    const whole = await text(body.stream());
    expect(whole.length).toBe(3 * MB);
    expect([whole[0], whole[MB], whole[3 * MB - 1]]).toEqual(['a', 'b', 'd']);
    expect(await text(body.stream())).toBe(whole);
    expect((await body.whole()).toString()).toBe(whole);
    expect(body.beginning.toString()).toBe(whole.slice(0, body.beginning.length));
    body.release();
    body.release();
    expect(files.open).toBe(0);
  });

  it.each([
    ['ENOSPC', 'disk_full'],
    ['EDQUOT', 'disk_full'],
    ['EFBIG', 'disk_full'],
    ['EROFS', 'disk_failed'],
    ['EIO', 'disk_failed'],
  ])('for which the system says %s is refused as %s, and leaves no file', async (code, reason) => {
    for (const at of [-1, 0, 2 * MB]) {
      for (const declared of [0, 4 * MB]) {
        const { send, files } = incoming(declared);
        files.failure = { at, code };
        expect(await send(MB, MB, MB, MB)).toBe(reason);
        expect(files.open).toBe(0);
      }
    }
  });

  it('that crosses the limit is refused there', async () => {
    const { send, body, files } = incoming(0, { bytesMax: 2 * MB });
    expect(await send(MB, MB, 1)).toBe('too_large');
    body.drop();
    expect(files.open).toBe(0);
    expect(await incoming(0, { bytesMax: MB }).send(MB, 1)).toBe('too_large');
    expect(await incoming(0, { bytesMax: 2 * MB }).send(MB, MB)).toBeInstanceOf(SpooledBody);
    expect(await incoming(2 * MB + 1, { bytesMax: 2 * MB }).send()).toBe('too_large');
  });

  it('whose client leaves while its file is made leaves none', async () => {
    const { body, files } = incoming(3 * MB);
    let go = (): void => undefined;
    files.slow(new Promise((resolve) => (go = resolve)));
    const claimed = body.claim();
    body.drop();
    go();
    expect(await claimed).toBe('client_closed');
    expect(files.open).toBe(0);
  });

  it('that others leave no room on disk waits, until its client leaves', async () => {
    const { body, signal, disk } = incoming(8 * MB, { diskMax: 10 * MB });
    const other = disk.share();
    expect(other.grow(5 * MB, signal)).toBe(true);
    const claimed = body.claim();
    await Promise.resolve();
    expect(disk.waiting).toBe(1);
    signal.abort();
    expect(await claimed).toBe('client_closed');
  });
});
