-- Orders of each customer, counted: a compacted topic holds the counts (a customer without orders gets a tombstone), and
-- Redis the large ones. HAVING deletes the key of a customer that falls below it.
CREATE TEMPORARY TABLE orders (
  order_id    STRING,
  customer_id STRING,
  amount      DECIMAL(10, 2),
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector'                    = 'upsert-kafka',
  'topic'                        = 'orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'key.format'                   = 'json',
  'value.format'                 = 'json'
);

CREATE TEMPORARY TABLE customer_totals (
  customer_id STRING,
  orders      BIGINT,
  total       DECIMAL(38, 2),
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'                     = 'upsert-kafka',
  'topic'                         = 'customer_totals',
  'properties.bootstrap.servers'  = 'localhost:9092',
  'key.format'                    = 'json',
  'value.format'                  = 'json',
  'sink.buffer-flush.max-rows'    = '1000',
  'sink.buffer-flush.interval'    = '1s'
);

CREATE TEMPORARY TABLE large_customers (
  customer_id STRING,
  total       STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector' = 'redis',
  'host'      = '127.0.0.1',
  'port'      = '6379',
  'mode'      = 'STRING'
);

EXECUTE STATEMENT SET BEGIN
  INSERT INTO customer_totals
    SELECT customer_id, COUNT(*), SUM(amount) FROM orders GROUP BY customer_id;
  INSERT INTO large_customers
    SELECT customer_id, CAST(SUM(amount) AS STRING) FROM orders GROUP BY customer_id HAVING SUM(amount) > 1000;
END;
