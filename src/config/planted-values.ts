// What mess plants and `verify --deep` looks for: words that stand for no value, and numbers of keys that no lake has.

export const SENTINELS: readonly string[] = ['N/A', '-', 'null', 'unknown'];

/** In columns of dates besides. */
export const ZERO_DATE = '0000-00-00';

/** A lake of all the customers that a config may ask for, and of a hundred times the default's orders, stays below. */
export const LEAST_ORPHAN = 900_000_000;
