CREATE TABLE src (id STRING, v STRING, n INT, pt AS PROCTIME()) WITH (
  'connector' = 'datagen', 'number-of-rows' = '3');
CREATE TABLE dim (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}');
SELECT s.id, d.name FROM src AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id > d.id;
