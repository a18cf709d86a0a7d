// What is decided with an order: channel, payment, shipping, discounts and fees; redrawn wherever it is needed.

import type { Config } from '../config/schema.ts';
import { Stream, threshold, WeightedChoice } from '../lib/random.ts';
import type { ProductTable } from '../lookups/load.ts';
import { MAX_CART_ITEMS, type OrderLines } from '../plan/cart-contents.ts';

/** Orders and returns by phone go through an agent, all others have this one. */
const ONLINE_AGENT = 'ONLINE';

/** The channel, of orders and of returns, whose customers talk to an agent. */
export const PHONE = 'Phone';

interface ShippingSpeed {
  readonly costCents: number;
  readonly baseCostCents: number;
  readonly standard: boolean;
}

/** Scratch space for one order at a time; all money in cents. */
export class OrderDraw {
  channel = 0;
  payment = 0;
  speed = 0;
  expedited = false;
  /** Index into `agents`. */
  agent = 0;
  grossCents = 0;
  discountCents = 0;
  shippingCents = 0;
  actualShippingCents = 0;
  feeCents = 0;
  readonly lineGrossCents = new Float64Array(MAX_CART_ITEMS);
  readonly lineDiscountCents = new Float64Array(MAX_CART_ITEMS);

  readonly channels: readonly string[];
  readonly payments: readonly string[];
  readonly speeds: readonly string[];
  readonly agents: readonly string[];

  private readonly products: ProductTable;
  private readonly stream: Stream;
  private readonly channelChoice: WeightedChoice;
  private readonly paymentChoices: readonly WeightedChoice[];
  private readonly speedChoice: WeightedChoice;
  private readonly shipping: readonly ShippingSpeed[];
  private readonly feeRates: readonly number[];
  private readonly expeditedShare: number;
  private readonly discounted: number;
  private readonly discountRange: readonly [number, number];
  private readonly costVariance: readonly [number, number];
  private readonly phone: number;

  constructor(config: Config, products: ProductTable) {
    const { vocab, parameters, channel_rules: rules } = config;
    const { shipping_business_costs: costs, payment_fee_rates: fees } = parameters.financials;
    this.products = products;
    this.stream = new Stream(config.faker_seed, 'order');
    this.channels = vocab.order_channels;
    this.payments = vocab.payment_methods;
    this.speeds = vocab.shipping_speeds;
    this.agents = agentIds(config);
    this.phone = this.channels.indexOf(PHONE);
    this.channelChoice = new WeightedChoice(this.channels.map((name) => parameters.order_channel_distribution[name] ?? 0));
    this.paymentChoices = this.channels.map((channel) => {
      const allowed = rules[channel]?.allowed_payment_methods ?? this.payments;
      const weights = this.payments.map((name) =>
        allowed.includes(name) ? (parameters.global_payment_method_distribution[name] ?? 0) : 0,
      );
      const anyWeight = weights.some((weight) => weight > 0);
      return new WeightedChoice(anyWeight ? weights : this.payments.map((name) => (allowed.includes(name) ? 1 : 0)));
    });
    const speedWeights = this.speeds.map((name) => parameters.shipping_speed_distribution[name] ?? 0);
    this.speedChoice = new WeightedChoice(speedWeights);
    this.shipping = this.speeds.map((name) => ({
      costCents: Math.round((parameters.shipping_costs[name] ?? 0) * 100),
      baseCostCents: Math.round((costs.base_costs[name] ?? 0) * 100),
      standard: name === 'Standard',
    }));
    this.feeRates = this.payments.map((name) => fees[name] ?? 0);
    // Never with Standard shipping: the share among the other speeds rises so that both shares hold.
    const total = speedWeights.reduce((sum, weight) => sum + weight, 0);
    const fast = this.speeds.reduce((sum, name, i) => sum + (name === 'Standard' ? 0 : speedWeights[i]!), 0) / total;
    this.expeditedShare = fast > 0 ? threshold(parameters.expedited_pct / 100 / fast) : 0;
    this.discounted = threshold(parameters.discount_settings.probability);
    this.discountRange = parameters.discount_settings.range_pct;
    this.costVariance = costs.cost_variance_pct;
  }

  draw(customer: number, ordinal: number, lines: OrderLines): void {
    const stream = this.stream.open(customer, ordinal);
    this.channel = this.channelChoice.pick(stream.next());
    this.payment = this.paymentChoices[this.channel]!.pick(stream.next());
    this.speed = this.speedChoice.pick(stream.next());
    const speed = this.shipping[this.speed]!;
    this.expedited = stream.next() < this.expeditedShare && !speed.standard;
    this.agent = this.agentOf(this.channel === this.phone, stream.next());
    const discounted = stream.next() < this.discounted;
    const rate = spread(this.discountRange, stream.unit());
    this.discountLines(lines, discounted ? rate : 0);
    this.shippingCents = speed.costCents;
    this.actualShippingCents = Math.round(speed.baseCostCents * (1 + spread(this.costVariance, stream.unit())));
    this.feeCents = Math.round((this.grossCents - this.discountCents) * this.feeRates[this.payment]!);
  }

  /** An agent for what goes by phone, the online one (index 0) for all else. */
  agentOf(byPhone: boolean, u32: number): number {
    return byPhone && this.agents.length > 1 ? 1 + (u32 % (this.agents.length - 1)) : 0;
  }

  private discountLines(lines: OrderLines, rate: number): void {
    const { priceCents } = this.products;
    let gross = 0;
    let discount = 0;
    for (let line = 0; line < lines.size; line++) {
      const lineGross = lines.quantity[line]! * priceCents[lines.product[line]!]!;
      const lineDiscount = Math.round(lineGross * rate);
      this.lineGrossCents[line] = lineGross;
      this.lineDiscountCents[line] = lineDiscount;
      gross += lineGross;
      discount += lineDiscount;
    }
    this.grossCents = gross;
    this.discountCents = discount;
  }
}

function spread([min, max]: readonly [number, number], unit: number): number {
  return min + (max - min) * unit;
}

function agentIds(config: Config): string[] {
  const { enabled, agents } = config.vocab.agent_pool;
  return [ONLINE_AGENT, ...(enabled ? agents.map((agent) => agent.id) : [])];
}
