-- The main kind of job: orders from Kafka, each joined with its customer's hash in Redis, written as a hash that lives for an hour. Run
-- fill.sql first. Without scan.bounded.mode the job runs until it is cancelled.
SET 'execution.checkpointing.interval' = '10s';
SET 'restart-strategy.type' = 'exponential-delay';

CREATE TABLE orders (
  order_id    STRING,
  customer_id STRING,
  product     STRING,
  quantity    INT,
  price       DECIMAL(10, 2),
  proctime    AS PROCTIME()
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'shop_orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'examples-flink-orders',
  'scan.startup.mode'            = 'earliest-offset',
  'scan.bounded.mode'            = 'latest-offset',
  'format'                       = 'json'
);

CREATE TABLE customers (
  customer_id STRING,
  name        STRING,
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
  'cacheSize'            = '10000',
  'cacheTTLMs'           = '60000'
);

-- One hash an order: order:o1 → product, total, name, tier.
CREATE TABLE order_details (
  order_id STRING,
  product  STRING,
  total    STRING,
  name     STRING,
  tier     STRING,
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'flattenHash'          = 'true',
  'key-prefix'           = 'order',
  'key-prefix-delimiter' = ':',
  'expiration'           = '3600000'
);

INSERT INTO order_details
SELECT o.order_id, o.product, CAST(o.quantity * o.price AS STRING), c.name, COALESCE(c.tier, 'unknown')
FROM orders AS o
LEFT JOIN customers FOR SYSTEM_TIME AS OF o.proctime AS c ON o.customer_id = c.customer_id;
