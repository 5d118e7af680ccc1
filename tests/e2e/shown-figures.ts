import type { Locator, Page } from '@playwright/test';
import { formatCount, formatShare } from '../../lib/client/format';
import type { Figures, Truth } from './log-truth';

/** A figure by its name: as it is shown, and as the log has it. */
export type Figure = readonly [name: string, shown: unknown, logged: unknown];

/** Those that are not alike, in words. */
export function differences(figures: readonly Figure[]): string[] {
  return figures
    .filter(([, shown, logged]) => shown !== logged)
    .map(([name, shown, logged]) => `${name}: shown ${String(shown)}, logged ${String(logged)}`);
}

const NONE: Figures = { requests: 0, succeeded: 0, failed: 0, attempts: 0, failedAttempts: 0 };
const share = ({ succeeded, failed }: Pick<Figures, 'succeeded' | 'failed'>) =>
  formatShare(succeeded, succeeded + failed);
const numberOf = (text: string | undefined) =>
  Number((/[\d,]+/.exec(text ?? '')?.[0] ?? '').replaceAll(',', ''));

/** The cells of each row by their headings, counted from the right, as some rows have fewer. */
async function rowsOf(table: Locator): Promise<Map<string, string>[]> {
  const rows = await table.evaluate((element) => {
    const textOf = (node: Element) => {
      const texts: string[] = [];
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      while (walker.nextNode() !== null) texts.push((walker.currentNode.nodeValue ?? '').trim());
      return texts.filter((text) => text !== '').join(' ');
    };
    const headings = [...element.querySelectorAll('thead th, [role="columnheader"]')].map(textOf);
    return [...element.querySelectorAll('tbody tr, [role="row"][data-index]')].map((row) => {
      const cells = [...row.children].map(textOf);
      return cells.map((text, index): [string, string] => {
        const heading = headings[index === 0 ? 0 : index + headings.length - cells.length] ?? '';
        // On a phone each cell says it itself.
        return [heading, text.startsWith(`${heading} `) ? text.slice(heading.length + 1) : text];
      });
    });
  });
  return rows.map((cells) => new Map(cells));
}

async function tile(page: Page, label: string): Promise<(string | undefined)[]> {
  const parts = page
    .locator('main dl > div', { has: page.getByText(label, { exact: true }) })
    .locator('dd p');
  return parts.allTextContents();
}

/** By series, over the table that stands beside the drawing. */
async function chartFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const rows = await rowsOf(page.locator('figure table'));
  const sum = (series: string) => rows.reduce((total, cells) => total + numberOf(cells.get(series)), 0);
  return [
    ['chart, succeeded', sum('Succeeded'), truth.succeeded],
    ['chart, rate-limited', sum('Rate-limited'), truth.rateLimited],
    ['chart, server errors', sum('Server errors'), truth.serverErrors],
    ['chart, broken off', sum('Broken off'), truth.broken],
    ['chart, client errors', sum('Client errors'), truth.clientErrors],
    ['chart, cancelled', sum('Cancelled'), truth.cancelled],
  ];
}

async function providerFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const rows = await rowsOf(page.getByRole('group', { name: 'Providers' }).locator('table'));
  const slugs = [
    ['Default', 'default'],
    ['Second', 'second'],
    ['No provider', ''],
  ] as const;
  return slugs.flatMap(([name, slug]): Figure[] => {
    const cells = rows.find((row) => row.get('Name') === name);
    const logged = truth.providers.get(slug) ?? NONE;
    const failed = logged.failedAttempts === 0 ? '' : ` ${formatCount(logged.failedAttempts)} failed`;
    return [
      [`${name}, requests`, cells?.get('Requests'), formatCount(logged.requests)],
      [`${name}, attempts`, cells?.get('Attempts'), `${formatCount(logged.attempts)}${failed}`],
      [`${name}, success`, cells?.get('Success'), share(logged)],
    ];
  });
}

async function modelFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const shown = await page
    .locator('main section', { has: page.getByRole('heading', { name: 'Models', exact: true }) })
    .locator('li')
    .evaluateAll((items) =>
      items.map((item) => {
        const name = item.querySelector('.font-mono')?.textContent ?? '';
        const left = item.querySelector('[data-left]')?.textContent ?? '';
        return [name, (item.textContent ?? '').slice(name.length).replace(left, '')] as const;
      }),
    );
  const figures = shown.map(([name, text]): Figure => {
    const { requests, attempts } = truth.models.get(name === 'no model' ? '' : name) ?? NONE;
    const words = [
      `${requests} request${requests === 1 ? '' : 's'}`,
      `${attempts} attempt${attempts === 1 ? '' : 's'}`,
    ];
    return [`model ${name}`, text, words.join('')];
  });
  const named = [...truth.models.keys()].filter((name) => name !== '').length;
  return [['models', shown.length, Math.min(8, named)], ...figures];
}

export async function overviewFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const [requests, success, tokens] = [
    await tile(page, 'Requests'),
    await tile(page, 'Success'),
    await tile(page, 'Tokens'),
  ];
  const failed = truth.rateLimited + truth.serverErrors + truth.broken;
  return [
    ['tile of requests', requests[0], formatCount(truth.requests)],
    ['tile of success', success[0], share({ succeeded: truth.succeeded, failed })],
    ['tile of success, failed', success[2], `${formatCount(failed)} failed`],
    ['tile of tokens', tokens[0], formatCount(truth.promptTokens + truth.completionTokens)],
    ...(await chartFigures(page, truth)),
    ...(await providerFigures(page, truth)),
    ...(await modelFigures(page, truth)),
  ];
}

export async function keysFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const rows = await rowsOf(page.getByRole('grid', { name: 'Keys' }));
  const figures = rows.map((cells): Figure => {
    const hint = cells.get('Key') ?? '';
    return [`attempts of ${hint}`, cells.get('Attempts'), formatCount(truth.keys.get(hint) ?? 0)];
  });
  return [
    ['keys with attempts', rows.filter((cells) => cells.get('Attempts') !== '0').length, truth.keys.size],
    ...figures,
  ];
}

export async function keyFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const drawer = page.getByRole('dialog');
  const hint = (await drawer.locator('h2 .font-mono').first().textContent()) ?? '';
  const attempts = await drawer
    .locator('dl > div', { has: page.getByText('Attempts', { exact: true }) })
    .locator('dd')
    .allTextContents();
  return attempts.map((text, index): Figure => [
    `attempts of ${hint} (${index})`,
    text,
    formatCount(truth.keys.get(hint) ?? 0),
  ]);
}

export async function proxiesFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const rows = await rowsOf(page.getByRole('grid', { name: 'Proxies' }));
  const attempts = [...truth.proxies.values()].reduce((sum, one) => sum + one, 0);
  return [
    ['attempts through the proxy', rows[0]?.get('Attempts / its faults'), `${formatCount(attempts)} / 0`],
  ];
}

export async function logFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const text = await page
    .getByText(/^[\d,]+ of (more than )?[\d,]+/)
    .first()
    .textContent();
  return [['requests in the log', numberOf(text?.slice(text.indexOf('of'))), truth.requests]];
}

export async function tokenFigures(page: Page, truth: Truth): Promise<Figure[]> {
  const rows = await rowsOf(page.locator('main table'));
  return rows.map((cells): Figure => {
    const hint = cells.get('Token') ?? '';
    return [`requests of ${hint}`, cells.get('Requests'), formatCount(truth.tokens.get(hint) ?? 0)];
  });
}
