import { appendFileSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEnvFile } from '../../../lib/config/env-file';
import { EnvFileFollower, HOLD_MS, SETTLE_MS } from '../../../lib/config/env-file-follower';
import type { EnvValues } from '../../../lib/config/hold-back';

let folder: string;
let path: string;
let applied: EnvValues[];
let held: (readonly string[])[];
let unreadable: string[];
let now: number;
let timer: { readonly at: number; readonly call: () => void } | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follower-'));
  path = join(folder, '.env');
  [applied, held, unreadable, now, timer] = [[], [], [], 0, undefined];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function follow({ hasHistory = false } = {}): EnvFileFollower {
  return new EnvFileFollower({
    path,
    first: readEnvFile(path),
    hasHistory,
    apply: (values) => applied.push(values),
    onUnreadable: (message) => unreadable.push(message),
    onHeld: (names) => held.push(names),
    after(ms, call) {
      const mine = { at: now + ms, call };
      timer = mine;
      return () => {
        if (timer === mine) timer = undefined;
      };
    },
  });
}

function pass(ms: number): void {
  now += ms;
  if (timer === undefined || timer.at > now) return;
  const { call } = timer;
  timer = undefined;
  call();
}

const write = (content: string | Buffer, follower: EnvFileFollower) => {
  writeFileSync(path, content);
  follower.look();
};
const inForce = () => applied.at(-1);

it('applies at once what is added and changed', () => {
  writeFileSync(path, 'MAX_FAILURES=5\n');
  const follower = follow();
  write('MAX_FAILURES=7\nMAX_RETRIES=1\n', follower);
  expect(inForce()).toEqual({ MAX_FAILURES: '7', MAX_RETRIES: '1' });
  expect(held).toEqual([]);
});

it('no key goes to another address when a file is written in pieces that end with a line', () => {
  writeFileSync(path, 'API_KEYS=sk-old\n');
  const follower = follow();
  write('API_KEYS=sk-new\nMAX_FAILURES=7\n', follower);
  expect(inForce()).toEqual({ API_KEYS: 'sk-old', MAX_FAILURES: '7' });
  pass(1_500);
  follower.look();
  appendFileSync(path, 'BASE_URL=https://new.example/v1\n');
  follower.look();
  pass(SETTLE_MS - 1);
  expect(inForce()).toEqual({ API_KEYS: 'sk-old', MAX_FAILURES: '7' });
  pass(1);
  expect(inForce()).toMatchObject({ API_KEYS: 'sk-new', BASE_URL: 'https://new.example/v1' });
});

it('keys and addresses of a file that is made anew wait, too', () => {
  const follower = follow();
  write('API_KEYS=sk-new\n', follower);
  expect(inForce()).toEqual({});
  pass(SETTLE_MS);
  expect(inForce()).toEqual({ API_KEYS: 'sk-new' });
});

it('keys and addresses of a file that took the place of another by a rename act at once', () => {
  writeFileSync(path, 'API_KEYS=sk-old\n');
  const follower = follow();
  writeFileSync(`${path}.draft`, 'API_KEYS=sk-new\nBASE_URL=https://new.example/v1\n');
  renameSync(`${path}.draft`, path);
  follower.look();
  follower.look();
  expect(inForce()).toEqual({ API_KEYS: 'sk-new', BASE_URL: 'https://new.example/v1' });
  expect(held).toEqual([]);
});

it('takes something away when the file has stayed so for 5 s, and adds the rest before', () => {
  writeFileSync(path, 'MAX_FAILURES=5\nAUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('MAX_FAILURES=7\nLOG_LEVEL=DEBUG\n', follower);
  expect(inForce()).toEqual({ MAX_FAILURES: '7', LOG_LEVEL: 'DEBUG', AUTH_TOKEN: 'sk-admin' });
  expect(held).toEqual([['AUTH_TOKEN']]);
  pass(HOLD_MS - 1);
  expect(inForce()).toHaveProperty('AUTH_TOKEN');
  pass(1);
  expect(inForce()).toEqual({ MAX_FAILURES: '7', LOG_LEVEL: 'DEBUG' });
});

it('a file without an end of its last line is applied after 5 s', () => {
  const follower = follow();
  write('MAX_FAILURES=5', follower);
  expect(applied).toEqual([]);
  pass(HOLD_MS);
  expect(inForce()).toEqual({ MAX_FAILURES: '5' });
});

it('each change begins the 5 s anew; looking again at the same does not', () => {
  writeFileSync(path, 'AUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('', follower);
  pass(4_000);
  write('# nothing\n', follower);
  pass(4_000);
  follower.look();
  expect(applied.every((values) => values['AUTH_TOKEN'] === 'sk-admin')).toBe(true);
  pass(1_000);
  expect(inForce()).toEqual({});
});

it('nothing is taken away when the whole file is back in time', () => {
  writeFileSync(path, 'AUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('', follower);
  write('AUTH_TOKEN=sk-admin\n', follower);
  pass(10 * HOLD_MS);
  expect(applied.every((values) => values['AUTH_TOKEN'] === 'sk-admin')).toBe(true);
});

it('a change that nobody told of is seen when the 5 s are over', () => {
  writeFileSync(path, 'AUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('', follower);
  writeFileSync(path, 'MAX_FAILURES=5\n');
  pass(HOLD_MS);
  expect(inForce()).toEqual({ AUTH_TOKEN: 'sk-admin', MAX_FAILURES: '5' });
  pass(HOLD_MS);
  expect(inForce()).toEqual({ MAX_FAILURES: '5' });
});

it('a file that goes away while it waits is no change', () => {
  writeFileSync(path, 'AUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('', follower);
  unlinkSync(path);
  pass(10 * HOLD_MS);
  expect(applied).toEqual([]);
});

it('a file that was missing at the start waits if it may take away what was applied before', () => {
  const follower = follow({ hasHistory: true });
  write('MAX_FAILURES=5\n', follower);
  expect(applied).toEqual([]);
  pass(HOLD_MS);
  expect(inForce()).toEqual({ MAX_FAILURES: '5' });
});

it('a file with NUL bytes is reported and changes nothing, however long it stays', () => {
  writeFileSync(path, 'AUTH_TOKEN=sk-admin\n');
  const follower = follow();
  write('AUTH_TOKEN=sk-\0\0\0\0\0\0\n', follower);
  pass(10 * HOLD_MS);
  expect(applied).toEqual([]);
  expect(unreadable).toEqual([`${path} is not a text file in UTF-8: it holds NUL bytes`]);
});

const OLD = [
  '# it\'s ours, für "uns" 漢字',
  `ALLOWED_TOKENS='["sk-client-1","sk-client-2"]'`,
  'API_KEYS="sk-one,',
  '  sk-two,',
  '  sk-three"',
  'BASE_URL=https://old.example/v1',
  'AUTH_TOKEN=sk-admin-of-ours',
  `PROVIDERS_CONFIG='[{"name":"Ä","path":"x","base_url":"https://x.example/v1","api_keys":["k1","k2"]}]'`,
  'MAX_FAILURES=9',
  '',
].join('\n');
const NEW = [
  'AUTH_TOKEN=sk-another-admin',
  `PROVIDERS_CONFIG='[{"name":"漢","path":"x","base_url":"https://x.example/v1","api_keys":["k1","k2","k3"]}]'`,
  'API_KEYS="sk-one,',
  '  sk-two,',
  '  sk-three,',
  '  sk-four"',
  'BASE_URL=https://old.example/v1',
  `ALLOWED_TOKENS='["sk-client-1","sk-client-2","sk-client-3"]'`,
  'MAX_FAILURES=12',
  '',
].join('\n');

it('a file cut at any byte applies no half value and takes nothing away within 5 s; then all is well', () => {
  const valuesOf = (text: string): EnvValues => {
    writeFileSync(path, text);
    const read = readEnvFile(path);
    return read.status === 'ok' ? read.values : {};
  };
  const [before, after] = [valuesOf(OLD), valuesOf(NEW)];
  for (const [text, target] of [
    [OLD, before],
    [NEW, after],
    [NEW.trimEnd(), after],
  ] as const) {
    const bytes = Buffer.from(text);
    for (let end = 0; end < bytes.length; end++) {
      writeFileSync(path, OLD);
      applied = [];
      const follower = follow();
      write(bytes.subarray(0, end), follower);
      pass(HOLD_MS - 1);
      for (const values of applied) {
        const half = Object.keys(values).find((name) => ![before[name], target[name]].includes(values[name]));
        const lost = Object.keys(before).find((name) => values[name] === undefined);
        if (half !== undefined || lost !== undefined) expect.fail(`cut at ${end}: ${half ?? lost}`);
      }
      write(text, follower);
      pass(HOLD_MS);
      if (!isDeepStrictEqual(inForce(), target)) expect(inForce(), `cut at ${end}`).toEqual(target);
    }
  }
}, 20_000);

it('a file written in any pieces ends as the whole file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.array(fc.nat(HOLD_MS - 1), { maxLength: 6 }),
      (cuts, waits) => {
        writeFileSync(path, OLD);
        applied = [];
        timer = undefined;
        const follower = follow();
        const bytes = Buffer.from(NEW);
        const places = cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b);
        for (const [index, place] of places.entries()) {
          write(bytes.subarray(0, place), follower);
          pass(waits[index] ?? 0);
          // A wait that is over between two pieces that are the same is one long wait.
          if (places[index + 1] === place) return;
          expect(inForce()?.['AUTH_TOKEN'] ?? 'sk-admin-of-ours').toMatch(
            /^sk-(admin-of-ours|another-admin)$/,
          );
        }
        write(NEW, follower);
        pass(HOLD_MS);
        expect(inForce()).toMatchObject({ AUTH_TOKEN: 'sk-another-admin', MAX_FAILURES: '12' });
      },
    ),
    { numRuns: 100 },
  );
});
