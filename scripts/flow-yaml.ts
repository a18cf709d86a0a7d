// Values as YAML on one line.

import { stringify } from 'yaml';

export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  const entries = Object.entries(value).map(([key, member]) => `${scalar(key)}: ${flow(member)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Months are written as numbers: as keys they mean the same. */
export function scalar(value: unknown): string {
  const isMonth = typeof value === 'string' && /^\d{1,2}$/.test(value);
  return stringify(isMonth ? Number(value) : value, {
    defaultStringType: /[,[\]{}]/.test(String(value)) ? 'QUOTE_DOUBLE' : 'PLAIN',
  }).trim();
}
