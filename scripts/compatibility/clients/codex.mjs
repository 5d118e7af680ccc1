// A prompt, with its built-in provider: over WebSocket at the first try.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { CODEX_HOME, FOLDER, OPENAI_API_KEY, OPENAI_BASE_URL, EXPECTED } = process.env;
mkdirSync(CODEX_HOME, { recursive: true });
writeFileSync(join(CODEX_HOME, 'config.toml'), `openai_base_url = "${OPENAI_BASE_URL}"\nmodel = "gpt-5.4"\n`);
const codex = (args, input) =>
  spawnSync('codex', args, { cwd: FOLDER, input, encoding: 'utf8', timeout: 120_000 });
const login = codex(['login', '--with-api-key'], OPENAI_API_KEY);
assert.equal(login.status, 0, login.stderr);
const { status, stdout, stderr } = codex(['exec', '--skip-git-repo-check', 'Hello'], '');
assert.equal(status, 0, stderr);
assert.ok(stdout.includes(EXPECTED), `${stdout}\n${stderr}`);
assert.doesNotMatch(stdout + stderr, /reconnecting|falling back/i);
