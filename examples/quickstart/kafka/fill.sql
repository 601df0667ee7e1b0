-- Puts the orders of the file into the Kafka topic `orders`.
CREATE TEMPORARY TABLE order_file (
  order_id    STRING,
  customer_id STRING,
  product     STRING,
  quantity    INT,
  price       DECIMAL(10, 2)
) WITH (
  'connector' = 'filesystem',
  'path'      = 'examples/quickstart/orders.json',
  'format'    = 'json'
);

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
  'key.format'                   = 'raw',
  'key.fields'                   = 'customer_id',
  'value.format'                 = 'json'
);

INSERT INTO orders SELECT * FROM order_file;
