import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chooseLocale } from '../../../i18n/locale';
import { VERDICTS } from '../../../lib/balancer/attempts/verdict';
import { settingGroups } from '../../../lib/config/setting-definition';
import { settingNames } from '../../../lib/config/settings';
import { GATEWAY_ERRORS } from '../../../lib/gateway/answer/errors';
import en from '../../../messages/en.json';
import settingTexts from '../../../messages/settings.zh.json';
import zh from '../../../messages/zh.json';

type Tree = { readonly [name: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + name, value]] : [...flatten(value, `${prefix}${name}.`)],
  );
  return new Map(entries);
}

const english = flatten(en);
const chinese = flatten(zh);

/** Names of the values that a message takes. */
function argumentsOf(message: string): string[] {
  const names = [...message.matchAll(/\{(\w+)\s*[,}]/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}

test('both languages have the same messages', () => {
  expect([...chinese.keys()]).toEqual([...english.keys()]);
});

test('a message takes the same values in both languages', () => {
  const differing = [...english].filter(([key, message]) => {
    const other = argumentsOf(chinese.get(key) ?? '');
    // A choice between words, such as a plural, may need no value in one of the languages.
    return !argumentsOf(message).every((name) => other.includes(name) || /plural|select/.test(message));
  });
  expect(differing).toEqual([]);
});

describe('use in the code', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const sources = ['app', 'components', 'lib/alerts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => readFileSync(join(root, folder, path), 'utf8')),
  );

  /** A file may use a key of a namespace it names: by its literal, by a template, or through a variable. */
  function usedIn(source: string): (key: string) => boolean {
    const declared = [...source.matchAll(/(?:use|get)Translations(?:\('([\w.]+)'\)|<'([\w.]+)'>)/g)];
    const said = [...source.matchAll(/\bsayerOf\([\w.]+, '([\w.]+)'\)/g)].map((match) => match[1] ?? '');
    const namespaces = [...declared.map((match) => match[1] ?? match[2] ?? ''), ...said];
    const names = [...source.matchAll(/(\w+) = (?:await )?(?:use|get)Translations\('/g)].map(
      (match) => match[1],
    );
    const takesVariable =
      names.some((name) => new RegExp(`\\b${name}\\((?!['"\`])`).test(source)) ||
      /\bsay\(state\)/.test(source);
    const literals = new Set([...source.matchAll(/'([\w.-]+)'/g)].map((match) => match[1]));
    const templates = [...source.matchAll(/`([\w.-]*\$\{[^`]*)`/g)].map((match) => {
      const parts = (match[1] ?? '')
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return new RegExp(`^${parts.join('[\\w.-]+')}$`);
    });
    return (key) =>
      namespaces.some((namespace) => {
        if (!key.startsWith(`${namespace}.`)) return false;
        const rest = key.slice(namespace.length + 1);
        return takesVariable || literals.has(rest) || templates.some((template) => template.test(rest));
      });
  }

  test('no message is left that nobody uses', () => {
    const users = sources.map(usedIn);
    const unused = [...english.keys()].filter((key) => !users.some((isUsed) => isUsed(key)));
    expect(unused).toEqual([]);
  });
});

test('every verdict and every error of the gateway has words', () => {
  const names = [...Object.keys(VERDICTS), ...Object.keys(GATEWAY_ERRORS)];
  expect(names.filter((name) => !english.has(`verdicts.${name}`))).toEqual([]);
});

test('every setting and group is described in Chinese, and none that does not exist', () => {
  expect(Object.keys(settingTexts.descriptions).sort()).toEqual([...settingNames].sort());
  expect(Object.keys(settingTexts.groups).sort()).toEqual([...settingGroups].sort());
});

describe('the language', () => {
  test.each([
    ['zh', 'en', 'zh'],
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [undefined, 'de-DE,de;q=0.9,en;q=0.5', 'en'],
    ['xx', null, 'en'],
  ])('of the cookie %s and the header %s is %s', (cookie, header, locale) => {
    expect(chooseLocale(cookie, header)).toBe(locale);
  });
});
