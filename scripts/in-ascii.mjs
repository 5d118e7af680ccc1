/**
 * Code without any other characters: V8 keeps a text that has one such in it in twice the memory. esbuild leaves none
 * but in regular expressions, where an escape means the same.
 */
export function inAscii(code) {
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
