-- The same, but what is deleted in the database stays in Redis: ignoreDelete drops retractions.
CREATE TEMPORARY TABLE customers (
  customer_id STRING,
  name        STRING,
  city        STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'customers_cdc',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-customers-cdc',
  'format'                       = 'debezium-json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE customer_names (
  customer_id STRING,
  name        STRING,
  PRIMARY KEY (customer_id) NOT ENFORCED
) WITH (
  'connector'    = 'redis',
  'host'         = '127.0.0.1',
  'port'         = '6379',
  'mode'         = 'STRING',
  'ignoreDelete' = 'true'
);

INSERT INTO customer_names SELECT customer_id, name FROM customers WHERE name IS NOT NULL;
