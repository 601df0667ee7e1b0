SET 'execution.checkpointing.interval' = 'often';
CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
CREATE TABLE snk (id STRING, v STRING) WITH ('connector' = 'blackhole');
INSERT INTO snk SELECT id, v FROM src;
