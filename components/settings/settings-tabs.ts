/** The parts of the settings, in their order. */
export const settingsTabs = ['settings', 'tokens', 'prices', 'alerts', 'jobs', 'moving-in', 'audit'] as const;
