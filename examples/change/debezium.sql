-- A database table's changes (Debezium) mirrored as hashes: inserts and updates write, deletes delete.
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

CREATE TEMPORARY TABLE customer_hashes (
  customer_id STRING,
  name        STRING,
  city        STRING,
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

INSERT INTO customer_hashes SELECT * FROM customers;
