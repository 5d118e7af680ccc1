import en from '../messages/en.json';
import type { Messages, SettingTexts } from './messages';

const noTexts: SettingTexts = { groups: {}, descriptions: {}, units: {} };

export const messagesEn: Messages = { ...en, settingTexts: noTexts, said: {} };
