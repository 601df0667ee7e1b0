-- The three newest pages of each visitor: ROW_NUMBER() with a filter on the number is a top-N.
CREATE TEMPORARY TABLE page_views (
  visitor_id STRING,
  page       STRING,
  viewed_at  TIMESTAMP(3)
) WITH (
  'connector'                    = 'kafka',
  'topic'                        = 'page_views',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id'          = 'drey-latest-pages',
  'format'                       = 'json',
  'scan.startup.mode'            = 'earliest-offset'
);

CREATE TEMPORARY TABLE latest_pages (
  visitor_id STRING,
  page       STRING,
  PRIMARY KEY (visitor_id, page) NOT ENFORCED
) WITH (
  'connector'            = 'redis',
  'host'                 = '127.0.0.1',
  'port'                 = '6379',
  'mode'                 = 'SET',
  'key-prefix'           = 'latest',
  'key-prefix-delimiter' = ':'
);

INSERT INTO latest_pages
SELECT visitor_id, page
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY visitor_id ORDER BY viewed_at DESC) AS n
  FROM (SELECT visitor_id, page, MAX(viewed_at) AS viewed_at FROM page_views GROUP BY visitor_id, page)
)
WHERE n <= 3;
