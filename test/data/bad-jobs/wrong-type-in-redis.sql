CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}', 'mode' = 'LIST');
INSERT INTO snk VALUES ('{{STRING_KEY}}', 'a');
