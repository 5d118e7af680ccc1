'use client';
import { KeyRound, Ticket } from 'lucide-react';
import Link from 'next/link';
import { useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { useTranslations } from '@/i18n/use-translations';
import { wrongParameters, type Chat } from '@/lib/client/playground';
import type { ClientToken } from '../connect/use-client-token';
import { useMay } from '../shared/use-me';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';
import { Tabs } from '../ui/tabs';
import { Composer } from './composer';
import { Conversation, type AnswerPlace } from './conversation';
import { CopyDialog } from './copy-dialog';
import { ParameterFields } from './parameters';
import { PlaygroundBar } from './playground-bar';
import { StoryPanel } from './story-panel';
import type { ModelChoices } from './use-model-choices';
import { usePlayground, type Playground } from './use-playground';

interface PlaygroundDeskProps {
  readonly choices: ModelChoices;
  readonly token: ClientToken;
  /** The names of all models are about to be looked through. */
  readonly onListWanted: () => void;
}

/** The chat on the left, and on the right, or below it on a phone, how it is asked and what became of it. */
export function PlaygroundDesk(props: PlaygroundDeskProps) {
  const { choices, token } = props;
  const playground = usePlayground(token.value);
  const { chat, isWaiting } = playground;
  const [isCopying, setCopying] = useState(false);
  const side = useSide(chat);
  useProposed(playground, choices.proposed);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.defaultPrevented && isWaiting) playground.stop();
  };
  return (
    <>
      <div
        className="grid min-w-0 gap-3 lg:h-[calc(100dvh-5.75rem)] lg:grid-cols-[minmax(0,1fr)_23rem]"
        onKeyDown={onKeyDown}
      >
        <ChatPanel {...props} playground={playground} side={side} onCopy={() => setCopying(true)} />
        <SidePanel playground={playground} token={token} side={side} />
      </div>
      <CopyDialog isOpen={isCopying} onOpenChange={setCopying} chat={chat} token={token.value} />
    </>
  );
}

interface ChatPanelProps extends PlaygroundDeskProps {
  readonly playground: Playground;
  readonly side: ReturnType<typeof useSide>;
  readonly onCopy: () => void;
}

function ChatPanel({ choices, token, onListWanted, playground, side, onCopy }: ChatPanelProps) {
  const { chat, isWaiting } = playground;
  const box = useRef<HTMLTextAreaElement>(null);
  const missing = useMissing(chat, token.value, choices.hasKeys);
  /** Whatever was pressed, one goes on writing. */
  const then = (work: () => void) => () => {
    work();
    box.current?.focus();
  };
  const startAnew = () => {
    playground.clear();
    side.reset();
  };
  return (
    <section className="flex h-[calc(100dvh-9rem)] min-h-112 min-w-0 flex-col rounded-lg border border-line bg-surface lg:h-auto lg:min-h-0">
      <PlaygroundBar
        playground={playground}
        choices={choices}
        onListWanted={onListWanted}
        onCopy={onCopy}
        onNew={then(startAnew)}
      />
      <Conversation
        chat={chat}
        isWaiting={isWaiting}
        told={side.told}
        onTell={side.tell}
        onAgain={then(playground.again)}
        obstacle={obstacleOf(choices, token.value) && <Obstacle {...{ choices, token, box }} />}
      />
      <Composer
        box={box}
        value={chat.draft}
        onChange={(draft) => playground.change({ draft })}
        isWaiting={isWaiting}
        missing={missing}
        onSend={playground.send}
        onStop={playground.stop}
      />
    </section>
  );
}

/** Which answer's story is told, and whether that is what the panel shows. */
function useSide(chat: Chat) {
  const [tab, setTab] = useState<'parameters' | 'story'>();
  const [chosen, setChosen] = useState<AnswerPlace>();
  const panel = useRef<HTMLElement>(null);
  const last = chat.turns.at(-1);
  const isThere = chat.turns.some(({ id }) => id === chosen?.turnId);
  // What failed is what one wants to read about.
  const failed = last?.answers.findIndex(({ error }) => error !== undefined) ?? -1;
  const told = isThere ? chosen : last && { turnId: last.id, side: Math.max(0, failed) };
  return {
    panel,
    // Before one has chosen: how to ask, then what came of it.
    tab: tab ?? (last === undefined ? 'parameters' : 'story'),
    setTab,
    told,
    answer: chat.turns.find(({ id }) => id === told?.turnId)?.answers[told?.side ?? 0],
    tell: (place: AnswerPlace) => {
      setTab('story');
      setChosen(place);
      panel.current?.scrollIntoView({ block: 'nearest' });
    },
    reset: () => setTab(undefined),
  };
}

/** The first model that is known is as good as any to begin with; once, so that one may clear it. */
function useProposed({ chat, change }: Playground, proposed: string): void {
  const [isDone, setDone] = useState(false);
  if (isDone || proposed === '') return;
  setDone(true);
  const [first = '', ...others] = chat.models;
  if (first === '') change({ models: [proposed, ...others] });
}

/** Why nothing can be sent. */
function useMissing(chat: Chat, token: string, hasKeys: boolean): string | undefined {
  const t = useTranslations('playground');
  const mayMake = useMay()('tokens.create');
  if (!hasKeys) return t('needsKeys');
  if (token === '') return t(mayMake ? 'needsToken' : 'needsTokenOfAdmin');
  if (chat.models.includes('')) return t('needsModel');
  return wrongParameters(chat.parameters).length > 0 ? t('needsParameters') : undefined;
}

const obstacleOf = ({ hasKeys }: ModelChoices, token: string) => !hasKeys || token === '';

interface ObstacleProps extends Pick<PlaygroundDeskProps, 'choices' | 'token'> {
  readonly box: RefObject<HTMLTextAreaElement | null>;
}

/** What is to be done before one may begin. */
function Obstacle({ choices, token, box }: ObstacleProps) {
  const t = useTranslations('playground');
  const mayMake = useMay()('tokens.create');
  if (!choices.hasKeys) {
    return (
      <EmptyState
        icon={KeyRound}
        title={t('noKeys')}
        className="m-auto"
        action={
          <Button asChild look="primary">
            <Link href="/keys">{t('toKeys')}</Link>
          </Button>
        }
      >
        {t('noKeysHint')}
      </EmptyState>
    );
  }
  const make = () => void token.make().then(() => box.current?.focus());
  return (
    <EmptyState
      icon={Ticket}
      title={t('noToken')}
      className="m-auto"
      action={
        <Button look="primary" needs="tokens.create" isBusy={token.isMaking} onClick={make}>
          {t('makeToken')}
        </Button>
      }
    >
      {t(mayMake ? 'noTokenHint' : 'needsTokenOfAdmin')}
    </EmptyState>
  );
}

interface SidePanelProps {
  readonly playground: Playground;
  readonly token: ClientToken;
  readonly side: ReturnType<typeof useSide>;
}

function SidePanel({ playground, token, side }: SidePanelProps) {
  const t = useTranslations('playground');
  const { chat, change } = playground;
  return (
    <aside
      ref={side.panel}
      aria-label={t('side')}
      className="min-w-0 scroll-mt-14 rounded-lg border border-line bg-surface px-4 pt-1 pb-4 lg:min-h-0 lg:overflow-y-auto"
    >
      <Tabs
        label={t('side')}
        value={side.tab}
        onChange={side.setTab}
        tabs={[
          {
            value: 'parameters',
            label: t('parameters'),
            content: (
              <ParameterFields
                parameters={chat.parameters}
                onChange={(parameters) => change({ parameters })}
                token={token}
              />
            ),
          },
          { value: 'story', label: t('storyTab'), content: <StoryPanel answer={side.answer} /> },
        ]}
      />
    </aside>
  );
}
