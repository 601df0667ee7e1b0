CREATE TABLE dim (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}');
SELECT * FROM dim;
