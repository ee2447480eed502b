-- SQLite
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (case when ((select tenon_sum(sum(s1."qty" >> 32),sum(s1."qty" & 4294967295),0,-1,1) from "shop_deal__lines" s1 where s1."parent" = r."id") > ?1) then ((select max(s3."level") from "shop_deal__lines" s2 LEFT JOIN "shop_account" s3 ON s3."id" = s2."maker" AND s3."deleted_at" IS NULL where s2."parent" = r."id") >= ?2) else false end) ORDER BY r."id" DESC LIMIT ?3;
--   1: 5
--   2: 2
--   3: 51
-- PostgreSQL
SELECT r."id", r."rev", r."subject" FROM "shop_deal" r WHERE r."deleted_at" IS NULL AND (case when ((select tenon_sum(coalesce(sum(s1."qty"),0),0,-1,1) from "shop_deal__lines" s1 where s1."parent" = r."id") > $1::bigint) then ((select max(s3."level") from "shop_deal__lines" s2 LEFT JOIN "shop_account" s3 ON s3."id" = s2."maker" AND s3."deleted_at" IS NULL where s2."parent" = r."id") >= $2::bigint) else false end) ORDER BY r."id" DESC LIMIT $3;
