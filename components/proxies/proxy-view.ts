export const proxyViewDefaults = { status: '', search: '', sort: 'createdAt', order: 'asc', proxy: '' };

export type ProxyView = typeof proxyViewDefaults;
