import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../components', import.meta.url));
const LINKS = new Set(['Link', 'PageLink', 'a']);

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.tsx'),
);

/** The links of a source that have text right beside them, which is not in an element of its own. */
function linksInText(path: string): { readonly at: string; readonly look: string }[] {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: { at: string; look: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxElement(node) && LINKS.has(node.openingElement.tagName.getText())) {
      const { parent } = node;
      const around = ts.isJsxElement(parent) || ts.isJsxFragment(parent) ? parent.children : [];
      if (around.some(isText)) {
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push({ at: `${path}:${line}`, look: lookOf(node.openingElement) });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Text, `{' '}` or `{t('...')}`. */
function isText(node: ts.JsxChild): boolean {
  if (ts.isJsxText(node)) return node.text.trim() !== '';
  if (!ts.isJsxExpression(node) || node.expression === undefined) return false;
  return ts.isStringLiteral(node.expression) || ts.isCallExpression(node.expression);
}

function lookOf({ attributes }: ts.JsxOpeningElement): string {
  const look = attributes.properties.find(
    (one) => ts.isJsxAttribute(one) && one.name.getText() === 'className',
  );
  return look?.getText() ?? '';
}

it('links within text are underlined, so that nobody needs their colour to see them', () => {
  const links = files.flatMap(linksInText);
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter(({ look }) => !/textLinkLook|(?<![\w:-])underline(?!-)/.test(look))).toEqual([]);
});
