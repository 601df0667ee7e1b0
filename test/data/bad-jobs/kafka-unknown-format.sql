CREATE TABLE src (id STRING, v STRING) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = '{{HOST}}:{{DEAD_PORT}}', 'format' = 'jason');
CREATE TABLE snk (id STRING, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH (
  'connector' = 'redis', 'host' = '{{HOST}}', 'port' = '{{PORT}}', 'password' = '{{PASSWORD}}', 'mode' = 'STRING');
INSERT INTO snk SELECT id, v FROM src;
