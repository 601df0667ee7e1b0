-- What the customers of each tier have spent, in one sorted set: the score of a member changes with every order. The changes are
-- printed, too. Run fill.sql first.
CREATE TABLE orders (
  customer_id STRING,
  quantity    INT,
  price       DECIMAL(10, 2),
  proctime    AS PROCTIME()
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'shop_orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'examples-flink-ranking',
  'scan.startup.mode'            = 'earliest-offset',
  'scan.bounded.mode'            = 'latest-offset',
  'format'                       = 'json'
);

CREATE TABLE customers (
  customer_id STRING,
  tier        STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'key-prefix'           = 'customer',
  'key-prefix-delimiter' = ':'
);

CREATE TABLE spending (
  ranking STRING,
  total   DOUBLE,
  tier    STRING,
  PRIMARY KEY (ranking, tier) NOT ENFORCED
) WITH (
  'connector' = 'redis',
  'host'      = '127.0.0.1',
  'port'      = '6379',
  'mode'      = 'SORTEDSET'
);

CREATE TABLE changes (
  tier  STRING,
  total DOUBLE
) WITH (
  'connector' = 'print'
);

CREATE TEMPORARY VIEW by_tier AS
SELECT c.tier AS tier, CAST(SUM(o.quantity * o.price) AS DOUBLE) AS total
FROM orders AS o
JOIN customers FOR SYSTEM_TIME AS OF o.proctime AS c ON o.customer_id = c.customer_id
GROUP BY c.tier;

EXECUTE STATEMENT SET
BEGIN
  INSERT INTO spending SELECT 'spending', total, tier FROM by_tier;
  INSERT INTO changes SELECT tier, total FROM by_tier;
END;
