-- STRING: one key a user, the newest value wins. SET user_id login_time
CREATE TEMPORARY TABLE logins (
  user_id    STRING,
  login_time STRING
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'user_logins',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-user-logins',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE last_login (
  user_id    STRING,   -- key
  login_time STRING,   -- value
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'  = 'redis',
  'host'       = '127.0.0.1',
  'port'       = '6379',
  'mode'       = 'STRING',
  'expiration' = '86400000'
);

INSERT INTO last_login SELECT user_id, login_time FROM logins;
