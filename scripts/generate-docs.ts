/**
 * Writes .env.example and the table of settings in docs/settings.md. With --check it only tells whether they are up to
 * date.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { emptySettingsPage, renderEnvExample, withSettingsTable } from '../lib/config/docs';

const root = resolve(import.meta.dirname, '..');
const envExamplePath = resolve(root, '.env.example');
const settingsPath = resolve(root, 'docs/settings.md');

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

const settingsPage = withSettingsTable(read(settingsPath) ?? emptySettingsPage);
if (settingsPage === undefined) {
  console.error(
    'docs/settings.md has no <!-- settings:begin --> and <!-- settings:end --> to put the table between.',
  );
  process.exit(1);
}

const wanted = new Map([
  [envExamplePath, renderEnvExample()],
  [settingsPath, settingsPage],
]);
const stale = [...wanted].filter(([path, text]) => read(path) !== text);

if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is out of date: run "npm run generate".`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(path, text);
}
