'use client';
import { useState } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { readableString, type JsonItem, type JsonNode } from '@/lib/client/json-text';
import { Button } from '../ui/button';

interface JsonTreeProps {
  readonly text: string;
  readonly node: JsonNode;
  readonly name?: string | undefined;
  readonly depth?: number;
}

/** What takes so few letters, or holds so few values and is not deep inside, is open from the start. */
const OPEN_MAX = { letters: 1_500, items: 12, depth: 2 };
const ITEMS_STEP = 100;
const STRING_MAX = 600;

/** A JSON text that folds; Tab and Enter work it, and what is open can be searched, selected and copied. */
export function JsonTree({ text, node, name, depth = 0 }: JsonTreeProps) {
  const isList = 'items' in node && node.items.length > 0;
  return isList ? (
    <Branch text={text} node={node} items={node.items} name={name} depth={depth} />
  ) : (
    <div className="min-w-0 pl-3.5">
      <Name name={name} />
      <Leaf text={text.slice(node.start, node.end)} kind={node.kind} />
    </div>
  );
}

interface BranchProps extends JsonTreeProps {
  readonly items: readonly JsonItem[];
  readonly depth: number;
}

function Branch({ text, node, items, name, depth }: BranchProps) {
  const t = useTranslations('logs.story');
  const [isOpen, setOpen] = useState(
    depth === 0 ||
      node.end - node.start <= OPEN_MAX.letters ||
      (depth <= OPEN_MAX.depth && items.length <= OPEN_MAX.items),
  );
  const [count, setCount] = useState(ITEMS_STEP);
  const [first, last] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-6 min-w-6 w-fit max-w-full cursor-pointer rounded-sm hover:bg-line/50">
        <Name name={name} />
        {first}
        {!isOpen && (
          <>
            … {last} <span className="text-ink-faint">{t('items', { count: items.length })}</span>
          </>
        )}
      </summary>
      {isOpen && (
        <>
          <div className="ml-1 min-w-0 border-l border-line pl-2">
            {items.slice(0, count).map((item, index) => (
              <JsonTree key={index} text={text} node={item.node} name={item.name} depth={depth + 1} />
            ))}
            {items.length > count && (
              <Button look="link" size="inline" onClick={() => setCount(count + ITEMS_STEP)}>
                {t('moreItems', { count: items.length - count })}
              </Button>
            )}
          </div>
          <div className="pl-3.5">{last}</div>
        </>
      )}
    </details>
  );
}

function Name({ name }: { readonly name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <>
      <span className="text-accent">{readableString(name)}</span>:{' '}
    </>
  );
}

function Leaf({ text, kind }: { readonly text: string; readonly kind: JsonNode['kind'] }) {
  const t = useTranslations('logs.story');
  const [isWhole, setWhole] = useState(false);
  if (kind !== 'string') return <span className={kind === 'number' ? 'text-good' : 'text-warn'}>{text}</span>;
  const readable = readableString(text);
  const isCut = !isWhole && readable.length > STRING_MAX;
  return (
    <>
      <bdi className="whitespace-pre-wrap">{isCut ? `${readable.slice(0, STRING_MAX)}…` : readable}</bdi>
      {isCut && (
        <Button look="link" size="inline" className="ml-1" onClick={() => setWhole(true)}>
          {t('showAll')}
        </Button>
      )}
    </>
  );
}
