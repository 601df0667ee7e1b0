-- The main kind of job: read, join with Redis, write to Redis and to Kafka, all in one job.
CREATE TEMPORARY TABLE clicks (
  user_id STRING,
  page    STRING,
  proctime AS PROCTIME()
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'user_clicks',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-user-clicks',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE users (
  user_id STRING,
  segment STRING,
  country STRING,
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'key-prefix'           = 'user',
  'key-prefix-delimiter' = ':',
  'cache'                = 'LRU',
  'cacheSize'            = '100000',
  'cacheTTLMs'           = '60000'
);

CREATE TEMPORARY TABLE last_page (
  user_id STRING,
  page    STRING,
  segment STRING,
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'HASHMAP',
  'flattenHash'          = 'true',
  'key-prefix'           = 'last',
  'key-prefix-delimiter' = ':',
  'expiration'           = '3600000'
);

CREATE TEMPORARY TABLE enriched_clicks (
  user_id STRING,
  page    STRING,
  segment STRING,
  country STRING
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'enriched_clicks',
  'properties.bootstrap.servers' = 'localhost:9092',
  'key.format'                   = 'raw',
  'key.fields'                   = 'user_id',
  'value.format'                 = 'json'
);

CREATE TEMPORARY VIEW enriched AS
SELECT c.user_id, c.page, COALESCE(u.segment, 'new') AS segment, u.country
FROM clicks AS c
LEFT JOIN users FOR SYSTEM_TIME AS OF c.proctime AS u ON c.user_id = u.user_id;

EXECUTE STATEMENT SET
BEGIN
  INSERT INTO last_page SELECT user_id, page, segment FROM enriched;
  INSERT INTO enriched_clicks SELECT user_id, page, segment, country FROM enriched;
END;
