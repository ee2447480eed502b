CREATE TABLE "shop_customer" (
	"id" bigint PRIMARY KEY,
	"rev" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"created_by" bigint,
	"updated_at" bigint NOT NULL,
	"updated_by" bigint,
	"owner" bigint,
	"dept" bigint,
	"deleted_at" bigint,
	"name" text COLLATE "C",
	"_group" text COLLATE "C",
	"_group$sort" text COLLATE "C"
);
CREATE TABLE "shop_customer__history" (
	"record" bigint NOT NULL,
	"rev" bigint NOT NULL,
	"at" bigint NOT NULL,
	"actor" bigint,
	"door" text COLLATE "C" NOT NULL,
	"op" text COLLATE "C" NOT NULL,
	"changes" text COLLATE "C",
	"cause" text COLLATE "C",
	PRIMARY KEY ("record", "rev")
);
CREATE INDEX "i_shop_customer__history__cause" ON "shop_customer__history" ("cause", "record") WHERE "cause" IS NOT NULL;
CREATE UNIQUE INDEX "u_shop_customer__name" ON "shop_customer" ("name") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer___group" ON "shop_customer" ("_group", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer___group$sort" ON "shop_customer" ("_group$sort", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_customer__owner" ON "shop_customer" ("owner", "id") WHERE "deleted_at" IS NULL;
CREATE VIEW "v_shop_customer" AS SELECT
	t."id",
	t."rev",
	to_timestamp(t."created_at" / 1000000.0) AS "created_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."created_by") AS "created_by",
	to_timestamp(t."updated_at" / 1000000.0) AS "updated_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."updated_by") AS "updated_by",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."owner") AS "owner",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."dept") AS "dept",
	t."name" AS "name",
	t."_group" AS "group"
FROM "shop_customer" t WHERE t."deleted_at" IS NULL;
