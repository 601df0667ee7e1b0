-- Each order of the topic joined with its customer's hash in Redis while it passes. Run write.sql first.
CREATE TEMPORARY TABLE orders (
  order_id    STRING,
  customer_id STRING,
  product     STRING,
  quantity    INT,
  price       DECIMAL(10, 2),
  proctime    AS PROCTIME()
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'quickstart-enrich',
  'scan.startup.mode'            = 'earliest-offset',
  'scan.bounded.mode'            = 'latest-offset',
  'format'                       = 'json'
);

CREATE TEMPORARY TABLE customer_profiles (
  customer_id STRING,
  name        STRING,
  city        STRING,
  tier        STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'key-prefix'           = 'customer',
  'key-prefix-delimiter' = ':',
  'cache'                = 'LRU',
  'cacheSize'            = '1000',
  'cacheTTLMs'           = '60000'
);

CREATE TEMPORARY TABLE enriched (
  order_id STRING,
  product  STRING,
  total    DECIMAL(20, 2),
  name     STRING,
  city     STRING,
  tier     STRING
) WITH (
  'connector' = 'print'
);

INSERT INTO enriched
SELECT o.order_id, o.product, o.quantity * o.price, c.name, c.city, COALESCE(c.tier, 'unknown')
FROM orders AS o
LEFT JOIN customer_profiles FOR SYSTEM_TIME AS OF o.proctime AS c
  ON o.customer_id = c.customer_id;
