-- Files in, files out: lines of JSON, filtered and reshaped.
CREATE TEMPORARY TABLE orders (
  order_id STRING,
  product  STRING,
  quantity INT,
  price    DECIMAL(10, 2)
) WITH (
  'connector' = 'filesystem',
  'path'      = 'examples/quickstart/orders.json',
  'format'    = 'json'
);

SELECT order_id, UPPER(product) AS product, quantity * price AS total
FROM orders
WHERE quantity > 1;
