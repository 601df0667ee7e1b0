-- Each click joined with one field of one hash that holds all users: HMGET user-names user_id. async: results in any order.
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
  user_id   STRING,   -- field
  user_name STRING,   -- value
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector' = 'redis',
  'host'      = '127.0.0.1',
  'port'      = '6379',
  'hashName'  = 'user-names',
  'async'     = 'true'
);

CREATE TEMPORARY TABLE joined (
  user_id   STRING,
  page      STRING,
  user_name STRING
) WITH (
  'connector' = 'print'
);

INSERT INTO joined
SELECT c.user_id, c.page, u.user_name
FROM clicks AS c
JOIN users FOR SYSTEM_TIME AS OF c.proctime AS u ON c.user_id = u.user_id;
