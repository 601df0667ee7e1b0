CREATE VIEW src AS SELECT id, PROCTIME() AS pt FROM (VALUES ('{{STRING_KEY}}')) AS t(id);
CREATE TABLE dim (id STRING, name STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}', 'mode' = 'HASHMAP');
SELECT s.id, d.name FROM src AS s JOIN dim FOR SYSTEM_TIME AS OF s.pt AS d ON s.id = d.id;
