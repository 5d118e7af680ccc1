/** No percent sign, no backslash, and no segment that begins with a dot: what nearly every path looks like. */
const ORDINARY = /^(?:\/(?!\.)[\w.~:@=+,!$&'()*-]*)*$/;
/** Not sendable, or read differently by different servers: a backslash, a fragment, a stray percent sign. */
const IMPROPER = /[^\x21-\x7e]|[\\#]|%(?![0-9a-f]{2})/i;
const CONTROL_CHARACTERS = /\p{Cc}/u;
/** A way to write characters that only some servers decode. */
const PERCENT_U = /%u[0-9a-f]{4}/i;
/** No honest client encodes a path more often. */
const DECODINGS_MAX = 6;

/**
 * Whether a path below the provider's base URL could lead out of it, or cannot be sent. It is decided on what any
 * server on the way may make of it: decoded until nothing changes, with slashes of both kinds, path parameters, and
 * characters that are folded into dots and slashes. What cannot be decoded with certainty counts as unsafe.
 */
export function isUnsafePath(path: string): boolean {
  if (ORDINARY.test(path)) return false;
  if (IMPROPER.test(path)) return true;
  let view = path;
  for (let decodings = 0; decodings < DECODINGS_MAX; decodings += 1) {
    if (leadsUp(view) || CONTROL_CHARACTERS.test(view) || PERCENT_U.test(view)) return true;
    const decoded = decode(view);
    if (decoded === undefined) return true;
    if (decoded === view) return false;
    view = decoded;
  }
  return true;
}

/** A query leads nowhere; it only has to be sendable, as undici sees it, and no fragment may follow it. */
export function isUnsendableQuery(query: string): boolean {
  return /[^\x21-\x7e\x80-\xff]|#/.test(query);
}

/**
 * A segment of nothing but dots, whatever is put around them that some servers take away. A server that decodes before
 * it looks for the query or the fragment ends the path there.
 */
function leadsUp(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => {
    const bare = segment.replace(/[;?#].*$/s, '').replace(/[\s\p{Cf}]/gu, '');
    return /^\.+$/.test(bare);
  });
}

/** Undefined for bytes that are not UTF-8. A percent sign that was encoded itself stays one. */
function decode(path: string): string | undefined {
  try {
    return folded(path.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => decodeURIComponent(bytes)));
  } catch {
    return undefined;
  }
}

/**
 * Full-width and other compatibility forms become plain ones, as some servers and file systems make them. The signs of
 * yen and won are backslashes in the code pages of their countries.
 */
function folded(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2044\u2215\u29f8\u2571]/g, '/')
    .replace(/[\u2216\u29f5\u2572\u00a5\u20a9]/g, '\\')
    .replace(/[\u3002\uff61]/g, '.');
}
