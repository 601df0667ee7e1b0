CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
CREATE TABLE snk (id STRING, v STRING, w STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}', 'mode' = 'STRING');
INSERT INTO snk SELECT id, v, v FROM src;
