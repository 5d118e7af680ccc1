/** What a terminal would take for a command of its own when it is pasted, even between quotes. A new line is harmless. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/;
const NUL = '\u0000';

const bytesOf = (text: string) => [...new TextEncoder().encode(text)];

/**
 * One word of a shell that stands for exactly this text: in single quotes, or with control characters as `$'...'`,
 * which bash, zsh and ksh know. A zero byte cannot be part of a word: see `printfOf`.
 */
export function shellWord(text: string): string {
  if (!UNSAFE.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const written = [...text].map((char) => {
    if (char === "'" || char === '\\') return `\\${char}`;
    if (char === '\n') return '\\n';
    // The history of bash looks for it.
    if (!UNSAFE.test(char) && char !== '!') return char;
    return bytesOf(char)
      .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
      .join('');
  });
  return `$'${written.join('')}'`;
}

export function hasZeroByte(text: string): boolean {
  return text.includes(NUL);
}

/** A command that writes exactly this text, zero bytes too. */
export function printfOf(text: string): string {
  const written = [...text].map((char) => {
    if (char === '%') return '%%';
    if (char === '\\') return '\\\\';
    if (!UNSAFE.test(char) && char !== '\n' && char !== "'") return char;
    return bytesOf(char)
      .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
      .join('');
  });
  return `printf '${written.join('')}'`;
}
