import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnvFile } from '../../lib/config/env-file';
import { EnvFileFollower } from '../../lib/config/env-file-follower';
import type { EnvValues } from '../../lib/config/hold-back';
import { fuzz } from './fuzz';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'env-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = fc.stringMatching(/^sk-[a-z0-9]{4,20}$/);
const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
const written = secrets.chain((all) =>
  fc.constantFrom(
    all.join(','),
    JSON.stringify(all),
    `'${JSON.stringify(all, null, 1)}'`,
    `"${all.join('\n')}"`,
  ),
);
const line = fc.oneof(
  fc.tuple(fc.constantFrom('API_KEYS', 'ALLOWED_TOKENS', 'PROXIES_NOT', '# API_KEYS'), written),
  fc.tuple(fc.constant('AUTH_TOKEN'), secret),
  fc.tuple(fc.constant('MAX_FAILURES'), fc.integer({ min: 1, max: 99 }).map(String)),
  fc.tuple(
    fc.constantFrom('# é ü 密钥', 'TEST_MODEL'),
    fc.constantFrom('gpt-4o', '"gpt 密钥"', "'a # b'", '`x`'),
  ),
);
/** Every name once: of a name that stands twice, the first value is a whole one too while the second is not there yet. */
const file = fc
  .tuple(
    fc.uniqueArray(line, { minLength: 1, maxLength: 6, selector: ([name]) => name }),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([lines, end]) => `${lines.map(([name, value]) => `${name}=${value}`).join(end)}${end}`);

/**
 * The bytes of a file as its writer may leave them for a moment: cut anywhere, or the old end behind the new beginning.
 */
const half = fc.tuple(file, file, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean());

it('a file that is written in pieces takes nothing away and makes no half value before it is whole', async () => {
  const path = join(folder, '.env');
  await fuzz(
    fc.property(half, ([before, after, share, isOverwritten]) => {
      writeFileSync(path, before);
      const first = readEnvFile(path);
      if (first.status !== 'ok') return;
      const applied: EnvValues[] = [];
      let settle: (() => void) | undefined;
      const follower = new EnvFileFollower({
        path,
        first,
        hasHistory: true,
        apply: (values) => applied.push(values),
        onUnreadable: () => undefined,
        onHeld: () => undefined,
        after: (_ms, call) => {
          settle = call;
          return () => (settle = undefined);
        },
      });
      const bytes = Buffer.from(after);
      const cut = Math.floor(share * bytes.length);
      const rest = isOverwritten ? Buffer.from(before).subarray(cut) : Buffer.alloc(0);
      writeFileSync(path, Buffer.concat([bytes.subarray(0, cut), rest]));
      follower.look();
      const known = (name: string) => [first.values[name], valuesOf(after)[name]];
      for (const values of applied) {
        for (const name of ['API_KEYS', 'ALLOWED_TOKENS', 'AUTH_TOKEN'])
          if (!isOverwritten)
            expect(known(name), `${name} of ${JSON.stringify([before, after, cut])}`).toContain(values[name]);
        if (first.values.AUTH_TOKEN !== undefined) expect(values.AUTH_TOKEN).toBeDefined();
        if (first.values.API_KEYS !== undefined) expect(values.API_KEYS).toBeDefined();
      }
      // The writer is done.
      writeFileSync(path, bytes);
      follower.look();
      settle?.();
      expect(applied.at(-1) ?? first.values).toEqual(valuesOf(after));
      follower.close();
    }),
  );

  function valuesOf(text: string): EnvValues {
    const other = join(folder, 'whole.env');
    writeFileSync(other, text);
    const read = readEnvFile(other);
    return read.status === 'ok' ? read.values : expect.fail(`not readable: ${text}`);
  }
});
