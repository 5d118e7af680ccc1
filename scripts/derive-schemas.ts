// Writes the schemas of MySQL and PostgreSQL from prisma/sqlite/schema.prisma: a Prisma schema has one provider, the
// models are one set. `--check` writes nothing and exits 1 when a committed file differs.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const schemaFile = (database: string) => new URL(`../prisma/${database}/schema.prisma`, import.meta.url);

const PROVIDERS = { mysql: 'mysql', postgres: 'postgresql' } as const;

export type DerivedDatabase = keyof typeof PROVIDERS;
export const DERIVED_DATABASES = ['mysql', 'postgres'] as const satisfies readonly DerivedDatabase[];

/**
 * The schema of another database for a SQLite one: the provider changes, and each `// mysql: @db.X`
 * becomes the attribute it names on MySQL; PostgreSQL has TEXT and BYTEA, as SQLite does. Throws for a text field that
 * names no type, because Prisma's default VARCHAR(191) would cut or refuse long values.
 */
export function deriveSchema(database: DerivedDatabase, sqliteSchema: string): string {
  const lines = sqliteSchema
    .slice(sqliteSchema.indexOf('datasource db'))
    .replace('provider = "sqlite"', `provider = "${PROVIDERS[database]}"`)
    .split('\n')
    .map((line) => {
      if (/^\s+\w+\s+(String|Bytes)\b/.test(line) && !line.includes('// mysql: @db.')) {
        throw new Error(`A text or bytes field needs a MySQL type: ${line.trim()}`);
      }
      return database === 'mysql'
        ? line.replace(/\s*\/\/ mysql: /, ' ')
        : line.replace(/\s*\/\/ mysql: .*$/, '');
    });
  return `// Derived from prisma/sqlite/schema.prisma by scripts/derive-schemas.ts. Do not edit.\n\n${lines.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const database of DERIVED_DATABASES) {
    const derived = deriveSchema(database, readFileSync(schemaFile('sqlite'), 'utf8'));
    if (!process.argv.includes('--check')) writeFileSync(schemaFile(database), derived);
    else if (readFileSync(schemaFile(database), 'utf8') !== derived) {
      console.error(`prisma/${database}/schema.prisma is out of date: run npx tsx scripts/derive-schemas.ts`);
      process.exitCode = 1;
    }
  }
}
