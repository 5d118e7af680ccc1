// `npm run verify`: what must hold before a commit, a line a step. Only of what fails the output is shown.
import { fileURLToPath } from 'node:url';
import { checks, runChecks } from './steps.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const results = await runChecks(checks);
process.exitCode = [...results.values()].every(({ code }) => code === 0) ? 0 : 1;
