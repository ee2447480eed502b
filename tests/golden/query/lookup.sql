-- SQLite
SELECT r."id", r."rev", r."subject", p1."region", p1."region", ((r."owner" = ?7)), ((r."stage" = ?8)) FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL AND ((p1."region" = ?1)) LEFT JOIN "shop_account" p2 ON p2."id" = p1."holding" AND p2."deleted_at" IS NULL AND ((p2."region" = ?5)) WHERE r."deleted_at" IS NULL AND (((r."owner" = ?2)) OR ((r."stage" = ?3))) AND ((p1."region" = ?4 and (p2."level" > ?6))) ORDER BY p1."region" NULLS LAST, r."id" LIMIT ?9;
--   1: 10
--   2: 1
--   3: 15
--   4: 10
--   5: 10
--   6: 1
--   7: 1
--   8: 15
--   9: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", p1."region", p1."region", ((r."owner" = $7)), ((r."stage" = $8::bigint)) FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL AND ((p1."region" = $1::bigint)) LEFT JOIN "shop_account" p2 ON p2."id" = p1."holding" AND p2."deleted_at" IS NULL AND ((p2."region" = $5::bigint)) WHERE r."deleted_at" IS NULL AND (((r."owner" = $2)) OR ((r."stage" = $3::bigint))) AND ((p1."region" = $4::bigint and (p2."level" > $6::bigint))) ORDER BY p1."region" NULLS LAST, r."id" LIMIT $9;
