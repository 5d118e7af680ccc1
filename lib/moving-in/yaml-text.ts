import { isAlias, LineCounter, parseDocument, visit, type Document } from 'yaml';

export type YamlRead =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };

/**
 * Reads YAML as Python's reader does: with merged keys, and yes and no as booleans. Never throws, prints nothing. The
 * reason says what is wrong and where, and has nothing of the text in it, which may hold secrets.
 */
export function readYaml(text: string): YamlRead {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      version: '1.1',
      logLevel: 'silent',
      prettyErrors: false,
      lineCounter: lines,
    });
    const problem = problemIn(document);
    if (problem === undefined) return { ok: true, value: document.toJS() };
    const { line, col } = lines.linePos(problem.at);
    return { ok: false, reason: `${problem.words} (line ${line}, column ${col})` };
  } catch {
    return { ok: false, reason: 'it is nested too deeply, or its aliases cannot be followed' };
  }
}

interface Problem {
  readonly words: string;
  readonly at: number;
}

function problemIn(document: Document.Parsed): Problem | undefined {
  const [error] = document.errors;
  if (error !== undefined) return { words: error.code.toLowerCase().replaceAll('_', ' '), at: error.pos[0] };
  const tag = document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (tag !== undefined) return { words: 'a tag that is not known', at: tag.pos[0] };
  const at = placeOfLooseAlias(document);
  return at === undefined ? undefined : { words: 'an alias of nothing before it', at };
}

function placeOfLooseAlias(document: Document.Parsed): number | undefined {
  const anchors = new Set<string>();
  let place: number | undefined;
  visit(document, {
    Node(_key, node) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.add(node.anchor);
        return undefined;
      }
      if (anchors.has(node.source)) return undefined;
      place = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return place;
}
