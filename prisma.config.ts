import { defineConfig } from 'prisma/config';

// For Prisma's own CLI (`prisma migrate status`, `prisma studio`) on the SQLite file. The program itself never reads
// this.
export default defineConfig({
  schema: 'prisma/sqlite/schema.prisma',
  migrations: { path: 'prisma/migrations/sqlite' },
  datasource: { url: process.env.DATABASE_URL ?? 'file:./data/default_db' },
});
