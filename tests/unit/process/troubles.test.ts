import { beforeEach, expect, it } from 'vitest';
import { DISK, Troubles } from '../../../lib/process/troubles';

let now: number;
let lines: string[];
let troubles: Troubles;

beforeEach(() => {
  now = 0;
  lines = [];
  const note = ((line: string) => lines.push(line.replace(/; no provider.*/, ''))) as never;
  troubles = new Troubles(() => now, { warn: note, info: note });
});

const WELL = { descriptors: 'ok', memory: 'ok', disk: 'ok' };

it('a trouble is told once however many meet it, shown while it lasts, and over five seconds after the last', () => {
  for (now = 0; now <= 4_000; now += 1_000) troubles.met('file descriptors');
  now = 8_999;
  expect(troubles.checks).toEqual({ ...WELL, descriptors: 'failing' });
  now = 9_000;
  expect(troubles.checks).toEqual(WELL);
  expect(lines).toEqual([
    'the gateway itself is short of file descriptors',
    'the gateway is no longer short of file descriptors',
  ]);
});

it('one whose end is known lasts until then', () => {
  troubles.began(DISK);
  troubles.began(DISK);
  now = 1e9;
  troubles.met(DISK);
  expect(troubles.checks).toEqual({ ...WELL, disk: 'failing' });
  troubles.over(DISK);
  troubles.over(DISK);
  expect(troubles.checks).toEqual(WELL);
  expect(lines).toEqual([
    `the gateway itself is short of ${DISK}`,
    `the gateway is no longer short of ${DISK}`,
  ]);
});

it('name servers and ports are told but do not make the gateway unready: they may fail for one provider alone', () => {
  troubles.met('local ports');
  troubles.met('answers from its name server');
  expect(troubles.checks).toEqual(WELL);
  expect(lines).toHaveLength(2);
});
