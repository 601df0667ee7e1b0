-- LIST: what a user did, newest first. LPUSH user_id action
CREATE TEMPORARY TABLE clicks (
  user_id STRING,
  action  STRING
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'user_clicks',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-user-clicks',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE click_log (
  user_id STRING,   -- key
  action  STRING,   -- element
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'LIST',
  'key-prefix'           = 'clicks',
  'key-prefix-delimiter' = ':'
);

INSERT INTO click_log SELECT user_id, action FROM clicks WHERE action IS NOT NULL;
