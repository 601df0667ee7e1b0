CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
