// Writes prisma/mysql/schema.prisma from prisma/sqlite/schema.prisma: a Prisma schema has one provider, the models are
// one set. `--check` writes nothing and exits 1 when the committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('../prisma/sqlite/schema.prisma', import.meta.url);
const TARGET = new URL('../prisma/mysql/schema.prisma', import.meta.url);

/**
 * The MySQL schema for a SQLite one: provider and output folder change, and each `// mysql: @db.X` becomes the
 * attribute it names. Throws for a text field that names no type, because Prisma's default VARCHAR(191) would cut or
 * refuse long values.
 */
export function deriveMysqlSchema(sqliteSchema: string): string {
  const lines = sqliteSchema
    .slice(sqliteSchema.indexOf('generator client'))
    .replace('provider = "sqlite"', 'provider = "mysql"')
    .replace('lib/store/generated/sqlite', 'lib/store/generated/mysql')
    .split('\n')
    .map((line) => {
      if (/^\s+\w+\s+(String|Bytes)\b/.test(line) && !line.includes('// mysql: @db.')) {
        throw new Error(`A text or bytes field needs a MySQL type: ${line.trim()}`);
      }
      return line.replace(/\s*\/\/ mysql: /, ' ');
    });
  return `// Derived from prisma/sqlite/schema.prisma by scripts/derive-mysql-schema.ts. Do not edit.\n\n${lines.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const derived = deriveMysqlSchema(readFileSync(SOURCE, 'utf8'));
  if (!process.argv.includes('--check')) writeFileSync(TARGET, derived);
  else if (readFileSync(TARGET, 'utf8') !== derived) {
    console.error('prisma/mysql/schema.prisma is out of date: run npx tsx scripts/derive-mysql-schema.ts');
    process.exitCode = 1;
  }
}
