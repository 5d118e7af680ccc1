// Writes lib/openai/json/simd.wasm.ts from simd.wat, which stands beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const file = (name: string) => new URL(`../lib/openai/json/${name}`, import.meta.url);
export const ASSEMBLED = file('simd.wasm.ts');

/** The module with the code of simd.wat in base64. */
export async function assembled(): Promise<string> {
  const assembler = await wabt();
  const parsed = assembler.parseWat('simd.wat', readFileSync(file('simd.wat'), 'utf8'), { simd: true });
  const code = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  const lines = code.match(/.{1,100}/g) ?? [];
  const text = lines.map((line) => `  '${line}'`).join(' +\n');
  return `// Written by scripts/assemble.ts from simd.wat. Do not edit.\n\nexport const SIMD_WASM =\n${text};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ASSEMBLED, await assembled());
