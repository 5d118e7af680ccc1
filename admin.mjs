// The administrator's commands: `node admin.mjs help`. Run it from the folder of the program.
import { existsSync } from 'node:fs';

const program = new URL('.next/cli/main.mjs', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('The program has not been built yet: run ./start.sh or "npm run build" first.');
  process.exitCode = 1;
}
