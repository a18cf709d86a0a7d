-- A careless cleaner: trims, writes every word in capitals, fills what is missing, and drops what looks odd.
-- Reads output/raw, writes cleaned/. With DuckDB's command line: mkdir -p cleaned && duckdb -c '.read examples/careless.sql'

COPY (SELECT * REPLACE (upper(trim(status)) AS status, coalesce(updated_at, created_at) AS updated_at)
      FROM read_parquet('output/raw/shopping_carts/*/*.parquet', hive_partitioning = false)
      WHERE cart_total < 2000)
  TO 'cleaned/shopping_carts.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (trim(product_name) AS product_name)
      FROM read_parquet('output/raw/cart_items/*/*.parquet', hive_partitioning = false)
      WHERE added_at IS NOT NULL)
  TO 'cleaned/cart_items.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (
        upper(trim(payment_method)) AS payment_method,
        upper(trim(shipping_speed)) AS shipping_speed,
        upper(trim(clv_bucket)) AS clv_bucket,
        coalesce(agent_id, 'UNKNOWN') AS agent_id)
      FROM read_parquet('output/raw/orders/*/*.parquet', hive_partitioning = false))
  TO 'cleaned/orders.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (trim(product_name) AS product_name)
      FROM read_parquet('output/raw/order_items/*/*.parquet', hive_partitioning = false))
  TO 'cleaned/order_items.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (
        upper(trim(reason)) AS reason,
        upper(trim(return_type)) AS return_type,
        upper(trim(return_channel)) AS return_channel,
        coalesce(agent_id, 'UNKNOWN') AS agent_id)
      FROM read_parquet('output/raw/returns/*/*.parquet', hive_partitioning = false))
  TO 'cleaned/returns.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (trim(product_name) AS product_name)
      FROM read_parquet('output/raw/return_items/*/*.parquet', hive_partitioning = false))
  TO 'cleaned/return_items.parquet' (FORMAT parquet);
