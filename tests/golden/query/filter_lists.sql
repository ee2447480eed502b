-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((exists (select 1 from "shop_deal__tags" s1 where s1."record" = r."id" and s1."value" is ?1) and exists (select 1 from "shop_deal__place" s2 where s2."record" = r."id" and CASE s2."value" WHEN 9 THEN 5 ELSE s2."value" END is ?2))) ORDER BY r."id" DESC LIMIT ?3;
--   1: 10
--   2: 2
--   3: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND ((exists (select 1 from "shop_deal__tags" s1 where s1."record" = r."id" and s1."value" is not distinct from $1::bigint) and exists (select 1 from "shop_deal__place" s2 where s2."record" = r."id" and CASE s2."value" WHEN 9 THEN 5 ELSE s2."value" END is not distinct from $2::bigint))) ORDER BY r."id" DESC LIMIT $3;
