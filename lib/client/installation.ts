import type { EndpointBody } from '../admin/contract/endpoint';
import type { installationApi } from '../admin/contract/installation';
import { call } from './request';

export type MoveInBody = EndpointBody<(typeof installationApi)['move-in']>;

export const moveIn = (body: MoveInBody) => call('installation.move-in', { body });
