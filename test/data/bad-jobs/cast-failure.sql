SELECT CAST(v AS INT) FROM (VALUES ('12'), ('abc')) AS t(v);
