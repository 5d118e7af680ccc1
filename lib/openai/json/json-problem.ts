/** Where a request body stops being JSON, in words for the client. */
export function jsonProblem(body: Buffer, at: number, problem = unexpected(body[at])): string {
  return `The request body is not valid JSON: ${problem} at byte ${at}`;
}

function unexpected(byte: number | undefined): string {
  if (byte === undefined) return 'unexpected end';
  const isPrintable = byte > 0x20 && byte < 0x7f;
  return `unexpected ${isPrintable ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`}`;
}
