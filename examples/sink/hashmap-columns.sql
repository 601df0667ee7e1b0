-- HASHMAP, one field a column (flattenHash): a row as a hash. HSET order_id product_name .. quantity .. amount ..
CREATE TEMPORARY TABLE orders (
  order_id     STRING,
  product_name STRING,
  quantity     STRING,
  amount       STRING
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-orders',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE order_hashes (
  order_id     STRING,   -- key
  product_name STRING,   -- a field each
  quantity     STRING,
  amount       STRING,
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector'                  = 'redis',
  'host'                       = '127.0.0.1',
  'port'                       = '6379',
  'mode'                       = 'HASHMAP',
  'flattenHash'                = 'true',
  'sink.buffer-flush.max-rows' = '500',
  'sink.buffer-flush.interval' = '200ms'
);

INSERT INTO order_hashes SELECT * FROM orders;
