import type { AdminApi, AdminApiParts } from './admin-api';

/** The admin API, loaded when the first one asks for it. Its promises are those of `AdminApi`. */
export class LateAdminApi implements Pick<AdminApi, 'handle' | 'refusalOf' | 'enter'> {
  #api: Promise<AdminApi> | undefined;

  constructor(private readonly given: AdminApiParts) {}

  async handle(...args: Parameters<AdminApi['handle']>): Promise<Response> {
    return (await this.#loaded()).handle(...args);
  }

  async refusalOf(...args: Parameters<AdminApi['refusalOf']>): ReturnType<AdminApi['refusalOf']> {
    return (await this.#loaded()).refusalOf(...args);
  }

  async enter(...args: Parameters<AdminApi['enter']>): ReturnType<AdminApi['enter']> {
    return (await this.#loaded()).enter(...args);
  }

  #loaded(): Promise<AdminApi> {
    return (this.#api ??= import('./admin-api').then(({ AdminApi }) => new AdminApi(this.given)));
  }
}
