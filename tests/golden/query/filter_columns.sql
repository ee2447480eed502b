-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."stage" = ?1 and ((r."amount" > ?2) and (r."close_date" < ?3)))) ORDER BY r."id" DESC LIMIT ?4;
--   1: 15
--   2: 10000
--   3: 20513
--   4: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((r."stage" = $1::bigint and ((r."amount" > $2::bigint) and (r."close_date" < $3::bigint)))) ORDER BY r."id" DESC LIMIT $4;
