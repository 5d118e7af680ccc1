import { OPEN_BRACE, skipBom, skipSpace } from '../json/json-scan';

const BYTES_PER_TOKEN = 4;
/** What a picture costs, or the beginning of a sound or file: providers differ from 85 up to some thousands. */
const TOKENS_PER_ATTACHMENT = 1_000;
/** No model reads and writes more; a client that asks for more gets less. */
const TOKENS_MAX = 1_000_000;

/**
 * How many tokens a request may use, before anybody knows: a fourth of the bytes of its JSON, without what is attached
 * in base64, which counts 1,000 a piece, and the longest answer that it asks for. A body that is no JSON object (an
 * upload, or one that is encoded) counts nothing. At most a million.
 */
export function estimatedTokens(body: Buffer, outputTokensMax = 0): number {
  return withAnswer(promptTokens(body), outputTokensMax);
}

/** The same where the prompt has been estimated before. */
export function withAnswer(prompt: number, outputTokensMax = 0): number {
  return Math.min(TOKENS_MAX, prompt + outputTokensMax);
}

/** Looked at is only a place every so many bytes, so a shorter attachment may count as text. */
const STEP_BYTES = 2 * 1024;
/** So many bytes in a row are no text. */
const RUN_BYTES = 128;
const QUOTE = 0x22;

/** Of the prompt alone; 0 for a body that is no JSON object. */
export function promptTokens(body: Buffer): number {
  if (body[skipSpace(body, skipBom(body))] !== OPEN_BRACE) return 0;
  let textBytes = body.length;
  let attachments = 0;
  for (let at = STEP_BYTES; at < body.length; at += STEP_BYTES) {
    if (!isEncodedAt(body, at)) continue;
    const quote = body.indexOf(QUOTE, at);
    const end = quote === -1 ? body.length : quote;
    textBytes -= end - at;
    attachments += 1;
    at = end;
  }
  return Math.ceil(textBytes / BYTES_PER_TOKEN) + attachments * TOKENS_PER_ATTACHMENT;
}

function isEncodedAt(body: Buffer, start: number): boolean {
  const end = start + RUN_BYTES;
  if (end > body.length) return false;
  for (let at = start; at < end; at++) if (IS_BASE64[body[at] ?? 0] !== 1) return false;
  return true;
}

/** By the byte: both alphabets of base64, and the backslash, as some write a slash with one before it. */
const IS_BASE64 = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-\\')) {
  IS_BASE64[byte] = 1;
}
