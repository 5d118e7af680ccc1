import { skipSpace } from '../../openai/json/json-scan';
import { stringSpan } from '../../openai/request/span';
import { collectionOf } from './renamed-address';

/** Google's calls whose bodies name the model again: that of the address, with `models/` before it. */
const NAMES_WITHIN = /:(?:embedContent|batchEmbedContents|countTokens)$/;
const MEMBER = Buffer.from('"model"');
const COLON = 0x3a;
const QUOTE = 0x22;

/** Whether the body of a call of this path names the model that the path names. */
export function namesModelWithin(path: string): boolean {
  return NAMES_WITHIN.test(path);
}

/**
 * The JSON with another model wherever a member `model` names the one asked, alone or behind a slash; all other bytes
 * are as they were. Within a string the quotes of a name would be escaped, so these bytes before a colon are a member.
 */
export function withModelWithin(json: Buffer, asked: string, sent: string): Buffer {
  const pieces: Buffer[] = [];
  let taken = 0;
  for (let at = json.indexOf(MEMBER); at !== -1; at = json.indexOf(MEMBER, at + MEMBER.length)) {
    const colon = skipSpace(json, at + MEMBER.length);
    const value = skipSpace(json, colon + 1);
    if (json[colon] !== COLON || json[value] !== QUOTE) continue;
    const span = stringSpan(json, value, 0);
    const name = span && nameIn(json, span.start, span.end);
    if (span === undefined || name === undefined) continue;
    if (name !== asked && !name.endsWith(`/${asked}`)) continue;
    const before = collectionOf(sent) === '' ? name.slice(0, name.length - asked.length) : '';
    const renamed = JSON.stringify(before + sent);
    pieces.push(json.subarray(taken, span.start), Buffer.from(renamed));
    taken = span.end;
  }
  return taken === 0 ? json : Buffer.concat([...pieces, json.subarray(taken)]);
}

function nameIn(json: Buffer, start: number, end: number): string | undefined {
  try {
    return String(JSON.parse(json.toString('utf8', start, end)));
  } catch {
    return undefined;
  }
}
