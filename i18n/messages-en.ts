import en from '../messages/en.json';

/** The API describes its settings in English; this is only what other languages add. */
interface SettingTexts {
  readonly groups: Readonly<Record<string, string>>;
  readonly descriptions: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
}

/** What the server says, by code and name. It says it in English itself; this is only what other languages add. */
type SaidTexts = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type Messages = typeof en & { readonly settingTexts: SettingTexts; readonly said: SaidTexts };

export const messagesEn: Messages = {
  ...en,
  settingTexts: { groups: {}, descriptions: {}, units: {} },
  said: {},
};
