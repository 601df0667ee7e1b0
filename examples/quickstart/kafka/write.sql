-- Orders from Kafka and customers from a file into Redis. Without scan.bounded.mode the job runs until it is stopped.
CREATE TEMPORARY TABLE orders (
  order_id    STRING,
  customer_id STRING,
  product     STRING,
  quantity    INT,
  price       DECIMAL(10, 2)
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'quickstart-write',
  'scan.startup.mode'            = 'earliest-offset',
  'scan.bounded.mode'            = 'latest-offset',
  'format'                       = 'json'
);

CREATE TEMPORARY TABLE customers (
  customer_id STRING,
  name        STRING,
  city        STRING,
  tier        STRING
) WITH (
  'connector' = 'filesystem',
  'path'      = 'examples/quickstart/customers.json',
  'format'    = 'json'
);

-- One hash a customer: customer:c1 → name, city, tier.
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
  'flattenHash'          = 'true',
  'key-prefix'           = 'customer',
  'key-prefix-delimiter' = ':'
);

-- One string a customer: last-order:c1 → the number of the order that came last.
CREATE TEMPORARY TABLE last_orders (
  customer_id STRING,
  order_id    STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'STRING',
  'key-prefix'           = 'last-order',
  'key-prefix-delimiter' = ':'
);

-- One hash an order: order:o-1001 → product, total.
CREATE TEMPORARY TABLE order_totals (
  order_id STRING,
  product  STRING,
  total    STRING,
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'flattenHash'          = 'true',
  'key-prefix'           = 'order',
  'key-prefix-delimiter' = ':'
);

EXECUTE STATEMENT SET
BEGIN
  INSERT INTO customer_profiles SELECT * FROM customers;
  INSERT INTO last_orders SELECT customer_id, order_id FROM orders;
  INSERT INTO order_totals SELECT order_id, product, CAST(quantity * price AS STRING) FROM orders;
END;
