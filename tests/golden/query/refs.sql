-- SQLite
SELECT r."id", r."rev", r."subject", ((r."owner" = ?9)), ((r."stage" = ?10)) FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (((r."owner" = ?1)) OR ((r."stage" = ?2))) AND ((exists (select 1 from "shop_deal__partners" s1 JOIN "shop_account" s2 ON s2."id" = s1."value" AND s2."deleted_at" IS NULL AND ((s2."region" = ?3)) where s1."record" = r."id" and s2."id" is ?4) and (((select count(s4."id") from "shop_deal__partners" s3 JOIN "shop_account" s4 ON s4."id" = s3."value" AND s4."deleted_at" IS NULL AND ((s4."region" = ?5)) where s3."record" = r."id") > ?6) and ((select max(s6."level") from "shop_deal__partners" s5 JOIN "shop_account" s6 ON s6."id" = s5."value" AND s6."deleted_at" IS NULL AND ((s6."region" = ?7)) where s5."record" = r."id") > ?8)))) ORDER BY r."id" DESC LIMIT ?11;
--   1: 1
--   2: 15
--   3: 10
--   4: 3
--   5: 10
--   6: 1
--   7: 10
--   8: 2
--   9: 1
--   10: 15
--   11: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject", ((r."owner" = $9)), ((r."stage" = $10::bigint)) FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (((r."owner" = $1)) OR ((r."stage" = $2::bigint))) AND ((exists (select 1 from "shop_deal__partners" s1 JOIN "shop_account" s2 ON s2."id" = s1."value" AND s2."deleted_at" IS NULL AND ((s2."region" = $3::bigint)) where s1."record" = r."id" and s2."id" is not distinct from $4::bigint) and (((select count(s4."id") from "shop_deal__partners" s3 JOIN "shop_account" s4 ON s4."id" = s3."value" AND s4."deleted_at" IS NULL AND ((s4."region" = $5::bigint)) where s3."record" = r."id") > $6::bigint) and ((select max(s6."level") from "shop_deal__partners" s5 JOIN "shop_account" s6 ON s6."id" = s5."value" AND s6."deleted_at" IS NULL AND ((s6."region" = $7::bigint)) where s5."record" = r."id") > $8::bigint)))) ORDER BY r."id" DESC LIMIT $11;
