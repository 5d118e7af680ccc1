/** How a text may be sent, the smallest first. */
export type Encoding = 'br' | 'gzip' | 'identity';

const SMALLEST_FIRST: readonly Encoding[] = ['br', 'gzip', 'identity'];
const QUALITY = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * The best of those on offer by an `accept-encoding` header (RFC 9110, 12.5.3): of what is wanted most, the smallest.
 * A client that names none, or none that is on offer, gets `identity`.
 */
export function chooseEncoding(header: string | undefined, offered: ReadonlySet<Encoding>): Encoding {
  const wanted = qualitiesOf(header ?? '');
  const qualityOf = (encoding: Encoding): number =>
    wanted.get(encoding) ?? (encoding === 'identity' ? UNSAID : (wanted.get('*') ?? 0));
  let best: Encoding = 'identity';
  let bestQuality = 0;
  for (const encoding of SMALLEST_FIRST) {
    const quality = offered.has(encoding) ? qualityOf(encoding) : 0;
    if (quality > bestQuality) [best, bestQuality] = [encoding, quality];
  }
  return best;
}

/** `identity` is always good unless it is ruled out, but nothing that anyone asks for. */
const UNSAID = 0.0001;

function qualitiesOf(header: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const entry of header.split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (name !== '') qualities.set(name.toLowerCase().replace(/^x-gzip$/, 'gzip'), qualityIn(parameters));
  }
  return qualities;
}

/** The quality; 1 by default, 0 for one that is not a number. */
function qualityIn(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => /^q\s*=/i.test(parameter));
  return quality === undefined ? 1 : Number(QUALITY.exec(quality.replaceAll(/\s/g, ''))?.[1] ?? 0);
}
