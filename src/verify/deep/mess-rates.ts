// The mess that a lake was made with, and what it does to a cell.

import type { Config } from '../../config/schema.ts';
import type { ExpectedLake } from '../expected-lake.ts';

export interface MessRates {
  readonly padding: MessOfColumns;
  readonly casing: MessOfColumns;
  readonly missing_value: MessOfColumns;
  readonly biased_return_reasons: { readonly rate: number };
  /** Factors on `total_items` by month; undefined: `spikeFactor` in one month a year that the seed picks. */
  readonly spikeMonths: Readonly<Record<string, number>> | undefined;
  readonly spikeFactor: number;
  /** Weights of reasons by category, `default` where none is given. */
  readonly reasonWeights: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface MessOfColumns {
  readonly rate: number;
  readonly columns: readonly string[];
}

/** Undefined for a clean lake. */
export function messRates({ file, config }: Pick<ExpectedLake, 'file' | 'config'>): MessRates | undefined {
  const level = file.made_with.messiness_level;
  if (level !== 'light_mess' && level !== 'medium_mess' && level !== 'heavy_mess') return undefined;
  const { padding, casing, missing_value, biased_return_reasons, inflated_total_items } = config.mess[level];
  const strength = level === 'heavy_mess' ? 'high' : 'medium';
  const spikes: Config['parameters']['seasonal_spike_factors']['medium'] = config.parameters.seasonal_spike_factors[strength];
  const { factor } = inflated_total_items;
  return {
    padding,
    casing,
    missing_value,
    biased_return_reasons,
    // A factor of 1 turns the kind off, whatever the months.
    spikeMonths: factor === 1 ? {} : Object.keys(spikes).length > 0 ? spikes : undefined,
    spikeFactor: factor,
    reasonWeights: config.parameters.return_reason_bias_schemas[strength],
  };
}

/** SQL of what an order's `total_items` is in a spike month, from its lines and its moment. */
export function inflatedItems({ spikeMonths, spikeFactor }: MessRates, items: string, moment: string): string {
  if (spikeMonths === undefined) return `floor(${items} * ${spikeFactor} + 0.5)`;
  const months = Object.entries(spikeMonths);
  if (months.length === 0) return items;
  const factor = `CASE month(make_timestamp(${moment} * 1000)) ${months.map(([month, value]) => `WHEN ${month} THEN ${value}`).join(' ')} ELSE 1 END`;
  return `floor(${items} * ${factor} + 0.5)`;
}
