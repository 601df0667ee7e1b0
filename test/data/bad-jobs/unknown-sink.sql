CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
INSERT INTO snk SELECT id, v FROM src;
