-- SET: the distinct pages of each user. SADD user_id page
CREATE TEMPORARY TABLE visits (
  user_id STRING,
  page    STRING
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'page_visits',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-page-visits',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE visited_pages (
  user_id STRING,   -- key
  page    STRING,   -- member
  PRIMARY KEY (user_id) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'SET',
  'key-prefix'           = 'pages',
  'key-prefix-delimiter' = ':'
);

INSERT INTO visited_pages SELECT user_id, page FROM visits WHERE page IS NOT NULL;
