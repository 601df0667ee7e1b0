CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}', 'mode' = 'STRING');
INSERT INTO snk VALUES (CAST(NULL AS STRING), 'a');
