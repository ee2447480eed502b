SELECT "id", "name", "price", "tax_rate", "stopped", "rev", "created_at", "created_by", "updated_at", "updated_by", "owner", "dept", "deleted_at" FROM "sales_product" WHERE "id" = $1;
INSERT INTO "sales_product" ("id", "name", "price", "tax_rate", "stopped", "rev", "created_at", "created_by", "updated_at", "updated_by", "owner", "dept", "deleted_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);
SELECT "rev", "deleted_at" FROM "sales_product" WHERE "id" = $1;
INSERT INTO "sales_product__history" ("record", "rev", "at", "actor", "door", "op", "changes", "cause") VALUES ($1, $2, $3, $4, $5, $6, $7, $8);
SELECT "rev", "at", "actor", "door", "op", "changes", "cause" FROM "sales_product__history" WHERE "record" = $1 ORDER BY "rev" DESC;
UPDATE "sales_product" SET "name" = $1, "price" = $2, "tax_rate" = $3, "stopped" = $4, "rev" = $5, "created_at" = $6, "created_by" = $7, "updated_at" = $8, "updated_by" = $9, "owner" = $10, "dept" = $11, "deleted_at" = $12 WHERE "id" = $13;
SELECT "id" FROM "sales_product" WHERE "deleted_at" IS NULL AND "id" <> $1 AND "name" = $2;
