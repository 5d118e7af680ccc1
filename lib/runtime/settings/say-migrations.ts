/** It may take minutes, and nothing else is heard of the program until it is done. */
export function sayMigrations(names: readonly string[]): void {
  process.stderr.write(
    `bringing the database up to date (${names.join(', ')}): with millions of log rows this takes minutes, let it end\n`,
  );
}
