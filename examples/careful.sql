-- A careful cleaner: it repairs what the lake itself proves, and leaves the rest alone.
-- - Words: most cells of a vocabulary are sound, so the commonest spelling of a word is the word.
-- - Product names: the catalogue has them.
-- - Agents: only phone orders and phone returns have one; all others are ONLINE. Which agent answered the phone cannot be known.
-- - Deliveries: of a row that came twice the last one counts.
-- - Late rows: a row belongs to the day of its event, an item to the day of its parent.
-- - Timestamps that are missing are left missing: nothing says when it was.
-- Reads output/raw, writes cleaned/. With DuckDB's command line: mkdir -p cleaned && duckdb -c '.read examples/careful.sql'

-- Nothing that is as large as the lake is held in memory: what came again or late is little, all else passes by.

CREATE TEMP MACRO lake(files) AS TABLE SELECT * FROM read_parquet(files, hive_partitioning = true, hive_types_autocast = false);

-- A partition's rows come at one time; what came later came again.
CREATE TEMP MACRO again(files) AS TABLE
  SELECT event_id, ingestion_ts FROM lake(files)
  JOIN (SELECT ingest_dt, min(ingestion_ts) AS first_ts FROM lake(files) GROUP BY ALL) USING (ingest_dt)
  WHERE ingestion_ts > first_ts;

CREATE TEMP TABLE later AS
FROM again('output/raw/shopping_carts/*/*.parquet')
UNION ALL FROM again('output/raw/cart_items/*/*.parquet')
UNION ALL FROM again('output/raw/orders/*/*.parquet')
UNION ALL FROM again('output/raw/order_items/*/*.parquet')
UNION ALL FROM again('output/raw/returns/*/*.parquet')
UNION ALL FROM again('output/raw/return_items/*/*.parquet');

CREATE TEMP MACRO delivered(files) AS TABLE
  SELECT r.* FROM lake(files) r ANTI JOIN later l ON l.event_id = r.event_id AND l.ingestion_ts > r.ingestion_ts;

-- A date in another form tells less than the partition does.
CREATE TEMP MACRO day_of(happened, lies_in) AS
  CASE WHEN regexp_full_match(happened, '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}') THEN left(happened, 10) ELSE lies_in END;

CREATE TEMP VIEW carts AS FROM delivered('output/raw/shopping_carts/*/*.parquet');
CREATE TEMP VIEW orders AS FROM delivered('output/raw/orders/*/*.parquet');
CREATE TEMP VIEW returns AS FROM delivered('output/raw/returns/*/*.parquet');

CREATE TEMP TABLE late AS
SELECT cart_id AS parent, day_of(created_at, ingest_dt) AS day FROM carts WHERE day <> ingest_dt
UNION ALL SELECT order_id, day_of(order_date, ingest_dt) AS day FROM orders WHERE day <> ingest_dt
UNION ALL SELECT return_id, day_of(return_date, ingest_dt) AS day FROM returns WHERE day <> ingest_dt;

CREATE TEMP TABLE spellings AS
SELECT field, lower(trim(value)) AS folded, mode(value) AS word
FROM (
  SELECT 'status' AS field, status AS value FROM carts
  UNION ALL SELECT 'payment_method', payment_method FROM orders
  UNION ALL SELECT 'shipping_speed', shipping_speed FROM orders
  UNION ALL SELECT 'clv_bucket', clv_bucket FROM orders
  UNION ALL SELECT 'reason', reason FROM returns
  UNION ALL SELECT 'return_type', return_type FROM returns
  UNION ALL SELECT 'return_channel', return_channel FROM returns
)
WHERE value IS NOT NULL
GROUP BY ALL;

CREATE TEMP MACRO spelled(wanted, value) AS (SELECT word FROM spellings WHERE field = wanted AND folded = lower(trim(value)));

CREATE TEMP TABLE catalogue AS
SELECT product_id, product_name AS name FROM read_parquet('output/raw/product_catalog/*/*.parquet', hive_partitioning = false);

COPY (SELECT * REPLACE (spelled('status', status) AS status, day_of(created_at, ingest_dt) AS ingest_dt) FROM carts)
  TO 'cleaned/shopping_carts.parquet' (FORMAT parquet);

COPY (SELECT i.* EXCLUDE (product_name, ingest_dt), coalesce(name, product_name) AS product_name, coalesce(day, ingest_dt) AS ingest_dt
      FROM delivered('output/raw/cart_items/*/*.parquet') i LEFT JOIN catalogue USING (product_id) LEFT JOIN late ON parent = cart_id)
  TO 'cleaned/cart_items.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (
        spelled('payment_method', payment_method) AS payment_method,
        spelled('shipping_speed', shipping_speed) AS shipping_speed,
        spelled('clv_bucket', clv_bucket) AS clv_bucket,
        CASE WHEN agent_id IS NULL AND order_channel <> 'Phone' THEN 'ONLINE' ELSE agent_id END AS agent_id,
        day_of(order_date, ingest_dt) AS ingest_dt)
      FROM orders)
  TO 'cleaned/orders.parquet' (FORMAT parquet);

COPY (SELECT i.* EXCLUDE (product_name, ingest_dt), coalesce(name, product_name) AS product_name, coalesce(day, ingest_dt) AS ingest_dt
      FROM delivered('output/raw/order_items/*/*.parquet') i LEFT JOIN catalogue USING (product_id) LEFT JOIN late ON parent = order_id)
  TO 'cleaned/order_items.parquet' (FORMAT parquet);

COPY (SELECT * REPLACE (
        spelled('reason', reason) AS reason,
        spelled('return_type', return_type) AS return_type,
        spelled('return_channel', return_channel) AS return_channel,
        CASE WHEN agent_id IS NULL AND spelled('return_channel', return_channel) <> 'Phone' THEN 'ONLINE' ELSE agent_id END AS agent_id,
        day_of(return_date, ingest_dt) AS ingest_dt)
      FROM returns)
  TO 'cleaned/returns.parquet' (FORMAT parquet);

COPY (SELECT i.* EXCLUDE (product_name, ingest_dt), coalesce(name, product_name) AS product_name, coalesce(day, ingest_dt) AS ingest_dt
      FROM delivered('output/raw/return_items/*/*.parquet') i LEFT JOIN catalogue USING (product_id) LEFT JOIN late ON parent = return_id)
  TO 'cleaned/return_items.parquet' (FORMAT parquet);
