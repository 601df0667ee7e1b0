-- Each click joined with the user's name: GET user_id. LEFT JOIN keeps the clicks of unknown users.
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
  user_name STRING,   -- value
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'STRING',
  'key-prefix'           = 'user-name',
  'key-prefix-delimiter' = ':'
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
LEFT JOIN users FOR SYSTEM_TIME AS OF c.proctime AS u ON c.user_id = u.user_id;
