-- SQLite
SELECT r."id", r."rev", r."subject", r."amount", r."stage", p1."name$sort" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL WHERE r."deleted_at" IS NULL ORDER BY r."amount" DESC, r."stage" NULLS LAST, p1."name$sort" NULLS LAST, r."id" LIMIT ?1;
--   1: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", r."amount", r."stage", p1."name$sort" FROM "shop_deal" r LEFT JOIN "shop_account" p1 ON p1."id" = r."account" AND p1."deleted_at" IS NULL WHERE r."deleted_at" IS NULL ORDER BY r."amount" DESC NULLS LAST, r."stage" NULLS LAST, p1."name$sort" NULLS LAST, r."id" LIMIT $1;
