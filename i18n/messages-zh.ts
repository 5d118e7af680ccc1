import saidZh from '../messages/said.zh.json';
import settingTextsZh from '../messages/settings.zh.json';
import zh from '../messages/zh.json';
import type { Messages } from './messages-en';

export const messagesZh: Messages = { ...zh, settingTexts: settingTextsZh, said: saidZh };
