import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { isObject } from './rows';
import { YAML_THREAD } from './yaml-thread';

export type YamlRead =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** The line, from 1, of the first key that was there before in the same map; undefined if there is none. */
      readonly lineOfTwin: number | undefined;
    }
  | { readonly ok: false; readonly reason: string };

const TIME_MAX_MS = 30_000;
const MEMORY_MAX_MB = 384;
/** Lists and maps in one another. */
const DEPTH_MAX = 100;
/** What a text may become when its aliases are followed, in characters of JSON. */
const EXPANDED_MAX = 4 * 2 ** 20;
const DEEP = 'it is nested too deeply, or its aliases cannot be followed';
const COSTLY = 'reading it takes too much time or memory';

/** Each thread may need much memory, so they take turns. */
const inTurn = pLimit(1);

/**
 * Reads YAML as Python's reader does: with merged keys, yes and no as booleans, and of two equal keys the last. Never
 * rejects, prints nothing, and holds nobody up: a thread of its own reads, with so much time and memory. The reason
 * says what is wrong and where, and has nothing of the text in it, which may hold secrets.
 */
export async function readYaml(text: string): Promise<YamlRead> {
  const answer = await inTurn(() => answerOf(text)).catch(() => ({ problem: COSTLY }));
  if (!isObject(answer)) return { ok: false, reason: COSTLY };
  const { json, lineOfTwin, problem, line, column } = answer;
  if (typeof json === 'string')
    return {
      ok: true,
      value: JSON.parse(json) as unknown,
      lineOfTwin: typeof lineOfTwin === 'number' ? lineOfTwin : undefined,
    };
  const words = wordsFor(String(problem));
  return {
    ok: false,
    reason: typeof line === 'number' ? `${words} (line ${line}, column ${String(column)})` : words,
  };
}

function answerOf(text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(YAML_THREAD, {
      eval: true,
      execArgv: [],
      workerData: {
        text,
        // What the program needs lies beside it, wherever it was started from.
        folders: [dirname(process.argv[1] ?? ''), process.cwd()],
        depthMax: DEPTH_MAX,
        expandedMax: Math.max(EXPANDED_MAX, 2 * text.length),
      },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB, maxYoungGenerationSizeMb: 32 },
    });
    const timer = setTimeout(() => void worker.terminate(), TIME_MAX_MS);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('the thread has ended without an answer'));
    });
  });
}

/** By how the parser begins what it says, or the thread. */
const WORDS: readonly (readonly [start: RegExp, words: string])[] = [
  [/^(unknown|undeclared tag) /, 'a tag that is not known'],
  [/^unidentified alias /, 'an alias of nothing before it'],
  [/^(too deep|nesting exceeded|cannot merge|merge keys exceeded|recursive alias)/, DEEP],
  [/^expected a (single )?document,? /, 'it is not one document'],
];

/** What a parser says, without the names that it quotes. */
function wordsFor(problem: string): string {
  const known = WORDS.find(([start]) => start.test(problem));
  return known?.[1] ?? problem.replace(/(?:: | "| !<|[(;]).*$/s, '');
}
