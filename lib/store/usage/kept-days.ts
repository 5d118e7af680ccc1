/** Statistics outlive the rows of the log that they were made of. */
export const ROLLUP_DAYS = 400;
