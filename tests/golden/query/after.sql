-- SQLite
SELECT r."id", r."rev", r."subject", r."amount", r."stage" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND r."amount" <= ?1 AND (r."amount" < ?2 OR (r."amount" = ?3 AND (r."stage" IS NULL AND (r."id" > ?4)))) ORDER BY r."amount" DESC, r."stage" NULLS LAST, r."id" LIMIT ?5;
--   1: 1250
--   2: 1250
--   3: 1250
--   4: 7
--   5: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."amount", r."stage" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND r."amount" <= $1 AND (r."amount" < $2 OR (r."amount" = $3 AND (r."stage" IS NULL AND (r."id" > $4)))) ORDER BY r."amount" DESC, r."stage" NULLS LAST, r."id" LIMIT $5;
