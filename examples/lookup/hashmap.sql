-- Each click joined with fields of the user's hash: HMGET user_id user_name email. A cache keeps what was asked for ten minutes.
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
  user_id   STRING,   -- key
  user_name STRING,   -- a field each
  email     STRING,
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'  = 'redis',
  'host'       = '127.0.0.1',
  'port'       = '6379',
  'mode'       = 'HASHMAP',
  'cache'      = 'LRU',
  'cacheSize'  = '100000',
  'cacheTTLMs' = '600000',
  'cacheEmpty' = 'false'
);

CREATE TEMPORARY TABLE joined (
  user_id   STRING,
  page      STRING,
  user_name STRING,
  email     STRING
) WITH (
  'connector' = 'print'
);

INSERT INTO joined
SELECT c.user_id, c.page, u.user_name, u.email
FROM clicks AS c
JOIN users FOR SYSTEM_TIME AS OF c.proctime AS u ON c.user_id = u.user_id
WHERE u.email LIKE '%@%';
