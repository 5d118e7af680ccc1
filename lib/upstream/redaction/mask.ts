const STAR = '*';
/** Mean the same in JSON, in addresses and in HTML. */
const SAFE = /^[\w.-]*$/;
const STARS = /\*{4,}/g;

/**
 * What stands for a secret, in so many bytes as it had: `sk-abc*****wxyz` for one with the hint `sk-abc...wxyz`, else
 * stars. So no length changes, whatever has been said of it before.
 */
export function maskOf(hint: string | undefined, length: number): string {
  const [head = '', tail = '', ...more] = hint?.split('...') ?? [];
  const shows = tail !== '' && more.length === 0 && SAFE.test(head + tail);
  const stars = length - head.length - tail.length;
  return shows && stars > 0 ? head + STAR.repeat(stars) + tail : STAR.repeat(length);
}

/** A text with masked secrets, for people: `sk-abc*****wxyz` reads `sk-abc...wxyz`. */
export function withShortMasks(text: string): string {
  return text.includes('****') ? text.replace(STARS, '...') : text;
}
