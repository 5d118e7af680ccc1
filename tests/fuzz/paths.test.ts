import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isUnsafePath } from '../../lib/gateway/request/path-safety';
import { parseRoute } from '../../lib/gateway/request/route';
import { fuzz } from './fuzz';

const dot = fc.constantFrom(
  '.',
  '%2e',
  '%2E',
  '%252e',
  '%25252E',
  '%c0%ae',
  '%e0%80%ae',
  '\uff0e',
  '%ef%bc%8e',
);
const slash = fc.constantFrom(
  '/',
  '%2f',
  '%2F',
  '%252f',
  '\\',
  '%5c',
  '%5C',
  '%255c',
  '%c0%af',
  ';/',
  '//',
  '%00/',
);
const word = fc.oneof(
  fc.constantFrom(
    'chat',
    'completions',
    'models',
    'v1',
    'files',
    'gpt-4o',
    'meta-llama',
    '..',
    '...',
    ';',
    '%',
    '%zz',
    '?',
    '#',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 3 }),
);
const path = fc.array(fc.oneof(dot, slash, word), { maxLength: 10 }).map((parts) => `/${parts.join('')}`);

/** What a server may make of a path: decoded up to four times, with backslashes as slashes, without parameters. */
function readings(text: string): string[] {
  const all = [text];
  for (let i = 0; i < 4; i += 1) all.push(decoded(all.at(-1) ?? ''));
  return [...all, ...all.map((reading) => reading.replaceAll('\\', '/').replace(/;[^/]*/g, ''))];
}

/** As the most lenient server would: byte by byte, overlong forms of ASCII too; what is not encoded stays. */
function decoded(text: string): string {
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/(?:\xc0|\xe0\x80)([\x80-\xbf])/g, (_, last: string) =>
      String.fromCharCode(last.charCodeAt(0) & 0x3f),
    )
    .replace(/\xc1([\x80-\xbf])/g, (_, last: string) =>
      String.fromCharCode(0x40 | (last.charCodeAt(0) & 0x3f)),
    );
  return Buffer.from(bytes, 'latin1').toString();
}

it('no path that is forwarded leads out of the base URL, whoever decodes it and how often', async () => {
  await fuzz(
    fc.property(path, (raw) => {
      const route = parseRoute(`/v1${raw}`);
      if (route === undefined || isUnsafePath(route.path)) return;
      for (const reading of readings(route.path)) {
        const segments = reading.split('/');
        expect(segments, JSON.stringify(raw)).not.toContain('..');
        expect(segments, JSON.stringify(raw)).not.toContain('.');
        const { origin, pathname } = new URL(`http://host/base/v1${route.path}`);
        expect(origin).toBe('http://host');
        expect(pathname.startsWith('/base/v1')).toBe(true);
      }
    }),
  );
});
