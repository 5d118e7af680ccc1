import type { LimitsItem } from '@/lib/admin/contract/limits';
import { limits as bounds } from '../../lib/config/limits';
import { isTimeZone } from '../../lib/config/time-zone';

export const useNames = [
  'requestsPerMinute',
  'tokensPerMinute',
  'requestsPerDay',
  'tokensPerDay',
  'concurrency',
] as const;
export type UseName = (typeof useNames)[number];

/** As people type them; empty is no limit. */
export type UseDraft = Readonly<Record<UseName, string>>;

export interface ModelDraft extends UseDraft {
  readonly model: string;
}

export interface LimitsDraft extends UseDraft {
  readonly models: readonly ModelDraft[];
  readonly dayTime: string;
  readonly dayZone: string;
}

export const emptyUses: UseDraft = {
  requestsPerMinute: '',
  tokensPerMinute: '',
  requestsPerDay: '',
  tokensPerDay: '',
  concurrency: '',
};

export const emptyLimits: LimitsDraft = { ...emptyUses, models: [], dayTime: '', dayZone: '' };

type Uses = Pick<LimitsItem, UseName>;

function usesDraft(uses: Uses): UseDraft {
  return Object.fromEntries(useNames.map((name) => [name, String(uses[name] ?? '')])) as UseDraft & object;
}

export function limitsDraftOf(limits: LimitsItem | null): LimitsDraft {
  if (limits === null) return emptyLimits;
  const { models = {}, dayResetsAt } = limits;
  return {
    ...usesDraft(limits),
    models: Object.entries(models).map(([model, uses]) => ({ model, ...usesDraft(uses) })),
    dayTime: dayResetsAt?.time ?? '',
    dayZone: dayResetsAt?.zone ?? '',
  };
}

function usesOf(draft: UseDraft): Uses {
  const said = useNames.filter((name) => draft[name].trim() !== '');
  return Object.fromEntries(said.map((name) => [name, Number(draft[name])]));
}

/** As the API takes it; null if nothing is limited. A draft with problems is not to be sent. */
export function limitsOfDraft(draft: LimitsDraft): LimitsItem | null {
  const { models, dayTime, dayZone } = draft;
  const named = models.map((one) => [one.model.trim(), usesOf(one)] as const);
  const limits: LimitsItem = {
    ...usesOf(draft),
    ...(named.length > 0 && { models: Object.fromEntries(named) }),
    ...(`${dayTime}${dayZone}`.trim() !== '' && {
      dayResetsAt: { time: dayTime.trim() || '00:00', zone: dayZone.trim() },
    }),
  };
  return Object.keys(limits).length === 0 ? null : limits;
}

export type LimitsProblem = 'number' | 'modelMissing' | 'modelTwice' | 'zoneMissing' | 'zone' | 'time';

/** What is wrong, by the place in the draft: `concurrency`, `models.0.model`, `dayZone`. */
export type LimitsProblems = Readonly<Partial<Record<string, LimitsProblem>>>;

export function limitsProblems(draft: LimitsDraft): LimitsProblems {
  const named = draft.models.map(({ model }) => model.trim());
  const found = [
    ...numberProblems(draft, ''),
    ...draft.models.flatMap((one, index) => {
      const place = `models.${index}.`;
      const problem = modelProblem(named, index);
      return [
        ...numberProblems(one, place),
        ...(problem === undefined ? [] : [[`${place}model`, problem] as const]),
      ];
    }),
    ...dayProblems(draft),
  ];
  return Object.fromEntries(found);
}

type Found = readonly (readonly [string, LimitsProblem])[];

const WHOLE = /^[1-9]\d{0,12}$/;

function numberProblems(draft: UseDraft, place: string): Found {
  const isWrong = (text: string) => text !== '' && !(WHOLE.test(text) && Number(text) <= bounds.useLimit.max);
  return useNames.filter((name) => isWrong(draft[name].trim())).map((name) => [`${place}${name}`, 'number']);
}

function modelProblem(named: readonly string[], index: number): LimitsProblem | undefined {
  const model = named[index] ?? '';
  if (model === '') return 'modelMissing';
  return named.indexOf(model) === index ? undefined : 'modelTwice';
}

function dayProblems({ dayTime, dayZone }: LimitsDraft): Found {
  const [time, zone] = [dayTime.trim(), dayZone.trim()];
  const zoneProblem =
    zone === '' ? (time === '' ? undefined : 'zoneMissing') : isTimeZone(zone) ? undefined : 'zone';
  return [
    ...(zoneProblem === undefined ? [] : [['dayZone', zoneProblem] as const]),
    ...(time === '' || /^([01]\d|2[0-3]):[0-5]\d$/.test(time) ? [] : [['dayTime', 'time'] as const]),
  ];
}

export function hasLimitsProblems(draft: LimitsDraft): boolean {
  return Object.keys(limitsProblems(draft)).length > 0;
}
