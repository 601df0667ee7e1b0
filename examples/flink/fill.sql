-- What the other jobs here read: three customers in Redis, six orders in the Kafka topic `shop_orders`.
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
  'flattenHash'          = 'true',
  'key-prefix'           = 'customer',
  'key-prefix-delimiter' = ':'
);

CREATE TABLE orders (
  order_id    STRING,
  customer_id STRING,
  product     STRING,
  quantity    INT,
  price       DECIMAL(10, 2)
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'shop_orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'key.format'                   = 'raw',
  'key.fields'                   = 'customer_id',
  'value.format'                 = 'json'
);

INSERT INTO customers VALUES
  ('c1', 'Ada Lovelace', 'gold'),
  ('c2', 'Grace Hopper', 'silver'),
  ('c3', '李清照', 'gold');

INSERT INTO orders VALUES
  ('o1', 'c1', 'compass', 2, 19.90),
  ('o2', 'c2', 'lamp', 1, 45.00),
  ('o3', 'c1', 'map', 3, 4.50),
  ('o4', 'c9', 'rope', 1, 12.00),
  ('o5', 'c3', 'brush', 5, 2.20),
  ('o6', 'c2', 'tent', 1, 199.00);
