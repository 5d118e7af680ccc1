/** Where a command reads and writes. */
export interface Terminal {
  /** What was asked for: goes to standard output. */
  print(text: string): void;
  /** What is going on: goes to standard error. */
  tell(text: string): void;
  readStdin(): Promise<string>;
  /** Asks for a secret without showing it; undefined without a terminal. */
  askSecret(question: string): Promise<string | undefined>;
}

/** Columns as wide as their widest cell. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${all.map(lineOf).join('\n')}\n`;
}
