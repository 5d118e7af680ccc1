/** What the process, or its machine, has too little of. */
export type Shortage = 'descriptors' | 'memory' | 'ports' | 'names';

/** In words, as in "short of file descriptors". */
export const SHORTAGES: Readonly<Record<Shortage, string>> = {
  descriptors: 'file descriptors',
  memory: 'memory',
  ports: 'local ports',
  names: 'answers from its name server',
};

/**
 * Codes of system calls and of name look-ups that fail because this machine lacks a resource, whatever the destination.
 */
const CODES: ReadonlyMap<unknown, Shortage> = new Map<unknown, Shortage>([
  ['EMFILE', 'descriptors'],
  ['ENFILE', 'descriptors'],
  ['ENOMEM', 'memory'],
  ['ENOBUFS', 'memory'],
  ['EAI_MEMORY', 'memory'],
  ['EADDRNOTAVAIL', 'ports'],
  ['EAI_AGAIN', 'names'],
]);
/** Node's words for a failed call. Some libraries keep only these of an error. */
const FAILED_CALL = /^(?:connect|socket|bind|open|getaddrinfo) (E[A-Z_]+)\b/;
const CAUSES_MAX = 5;

/**
 * What an error says that there is too little of here; undefined if it is about somebody else. Several addresses that
 * were tried in vain are our own trouble only if all of them are.
 */
export function ownTroubleOf(error: unknown): Shortage | undefined {
  let current = error;
  for (let depth = 0; depth < CAUSES_MAX && current instanceof Object; depth += 1) {
    const { code, message, errors, cause } = current as Readonly<Record<string, unknown>>;
    if (Array.isArray(errors) && errors.length > 0) {
      const shortages = errors.map(ownTroubleOf);
      return shortages.every((shortage) => shortage !== undefined) ? shortages[0] : undefined;
    }
    const called = typeof message === 'string' ? FAILED_CALL.exec(message)?.[1] : undefined;
    const shortage = CODES.get(code) ?? CODES.get(called);
    if (shortage !== undefined) return shortage;
    current = cause;
  }
  return undefined;
}
