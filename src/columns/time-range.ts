/** The days and times that a table may hold, counted from 1970 in UTC: most readers of tables take no other years than 0001 to 9999. */

/** 0001-01-01. */
export const DAY_FIRST = -719_162
/** 9999-12-31. */
export const DAY_LAST = 2_932_896

const SECONDS_PER_DAY = 86_400

export const SECONDS_FIRST = DAY_FIRST * SECONDS_PER_DAY
export const SECONDS_LAST = (DAY_LAST + 1) * SECONDS_PER_DAY - 1

export const MILLIS_FIRST = SECONDS_FIRST * 1_000
export const MILLIS_LAST = SECONDS_LAST * 1_000 + 999
