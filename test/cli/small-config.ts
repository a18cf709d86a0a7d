// A lake of seconds: few customers, who all signed up within a week.

export const SMALL_YAML = `
lookup_config:
  customers: { num_customers: 200, signup_start_date: 2019-12-20, signup_end_date: 2019-12-26 }
  product_catalog: { num_products: 50 }
simulation: { carts_per_30_days: 600 }
`;
