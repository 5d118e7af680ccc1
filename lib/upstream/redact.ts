import type { Facts } from '../balancer/facts';
import { SECRET_LENGTH_MIN } from '../balancer/redaction';
import type { HeaderRecord } from '../balancer/ports';
import type { UpstreamKey } from './target';

/** An upstream may quote the key in its error; nobody else is to see it. */
export function redactText(text: string, { secret, hint }: UpstreamKey): string {
  return secret.length < SECRET_LENGTH_MIN ? text : text.replaceAll(secret, hint);
}

/** The same for bytes; returns the very buffer if there was nothing to hide. */
export function redactBytes(bytes: Buffer, key: UpstreamKey): Buffer {
  if (key.secret.length < SECRET_LENGTH_MIN || !bytes.includes(key.secret)) return bytes;
  return Buffer.from(redactText(bytes.toString('latin1'), key), 'latin1');
}

/** The same for the values of headers. */
export function redactHeaders(headers: HeaderRecord, key: UpstreamKey): HeaderRecord {
  const clean = (value: string): string => redactText(value, key);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : value?.map(clean),
    ]),
  );
}

/** The same for what an answer says. */
export function redactFacts(facts: Facts, key: UpstreamKey): Facts {
  const clean = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : redactText(text, key);
  return { ...facts, code: clean(facts.code), message: clean(facts.message) };
}
