// What mess plants and `verify --deep` looks for: words that stand for no value, numbers of keys that no lake has, and how late rows are.

export const SENTINELS: readonly string[] = ['N/A', '-', 'null', 'unknown'];

/** In columns of dates besides. */
export const ZERO_DATE = '0000-00-00';

/** A lake of all the customers that a config may ask for, and of a hundred times the default's orders, stays below. */
export const LEAST_ORPHAN = 900_000_000;

/** Of late rows: the partition of their arrival is that of a day so many after their event, at most. */
export const MOST_DAYS_LATE = 7;
