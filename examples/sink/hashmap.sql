-- HASHMAP, one field a row: the quantity of each product in an order. HSET order_id product_name quantity
CREATE TEMPORARY TABLE order_lines (
  order_id     STRING,
  product_name STRING,
  quantity     INT
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'order_lines',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-order-lines',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE order_quantities (
  order_id     STRING,   -- key
  product_name STRING,   -- field
  quantity     STRING,   -- value
  PRIMARY KEY (order_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'key-prefix'           = 'order',
  'key-prefix-delimiter' = ':'
);

INSERT INTO order_quantities
SELECT order_id, product_name, CAST(quantity AS STRING) FROM order_lines WHERE quantity > 0;
