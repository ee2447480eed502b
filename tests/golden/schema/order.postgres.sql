CREATE TABLE "shop_order" (
	"id" bigint PRIMARY KEY,
	"rev" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"created_by" bigint,
	"updated_at" bigint NOT NULL,
	"updated_by" bigint,
	"owner" bigint,
	"dept" bigint,
	"deleted_at" bigint,
	"number" text COLLATE "C",
	"customer" bigint,
	"stage" bigint,
	"note" text COLLATE "C",
	"receiver" text COLLATE "C",
	"receiver$sort" text COLLATE "C",
	"pieces" bigint,
	"weight" bigint,
	"total" bigint,
	"discount" bigint,
	"paid" boolean,
	"due" bigint,
	"shipped" bigint,
	"at" bigint,
	"took" bigint,
	"mobile" text COLLATE "C",
	"mail" text COLLATE "C",
	"page" text COLLATE "C",
	"keeper" bigint,
	"team" bigint
);
CREATE TABLE "shop_order__history" (
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
CREATE INDEX "i_shop_order__history__cause" ON "shop_order__history" ("cause", "record") WHERE "cause" IS NOT NULL;
CREATE TABLE "shop_order__place" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" bigint NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE TABLE "shop_order__tags" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE TABLE "shop_order__marks" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" bigint NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE TABLE "shop_order__lines" (
	"id" bigint PRIMARY KEY,
	"parent" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"product" text COLLATE "C",
	"qty" bigint,
	"replaces" bigint
);
CREATE TABLE "shop_order__lines__colours" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE UNIQUE INDEX "u_shop_order__number" ON "shop_order" ("number") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "u_shop_order__customer__number" ON "shop_order" ("customer", "number") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__place__value__record" ON "shop_order__place" ("value", "record");
CREATE INDEX "i_shop_order__tags__value__record" ON "shop_order__tags" ("value", "record");
CREATE INDEX "i_shop_order__marks__value__record" ON "shop_order__marks" ("value", "record");
CREATE INDEX "i_shop_order__dept" ON "shop_order" ("dept", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__stage__total__due" ON "shop_order" ("stage", "total", "due", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__created_at" ON "shop_order" ("created_at", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__receiver$sort" ON "shop_order" ("receiver$sort", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "i_shop_order__lines__parent__pos" ON "shop_order__lines" ("parent", "pos");
CREATE INDEX "i_shop_order__lines__replaces" ON "shop_order__lines" ("replaces");
CREATE INDEX "i_shop_order__lines__colours__value__record" ON "shop_order__lines__colours" ("value", "record");
CREATE VIEW "v_shop_order" AS SELECT
	t."id",
	t."rev",
	to_timestamp(t."created_at" / 1000000.0) AS "created_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."created_by") AS "created_by",
	to_timestamp(t."updated_at" / 1000000.0) AS "updated_at",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."updated_by") AS "updated_by",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."owner") AS "owner",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."dept") AS "dept",
	t."number" AS "number",
	t."customer" AS "customer",
	(SELECT "path" FROM "sys_enum_value" c WHERE c."code" = t."stage") AS "stage",
	t."note" AS "note",
	t."receiver" AS "receiver",
	t."pieces" AS "pieces",
	round(t."weight"::numeric / 1000, 3) AS "weight",
	round(t."total"::numeric / 100, 2) AS "total",
	round(t."discount"::numeric / 10000, 4) AS "discount",
	t."paid" AS "paid",
	(date '1970-01-01' + t."due"::integer) AS "due",
	to_timestamp(t."shipped" / 1000000.0) AS "shipped",
	(time '00:00' + t."at" * interval '1 second') AS "at",
	t."took" AS "took",
	t."mobile" AS "mobile",
	t."mail" AS "mail",
	t."page" AS "page",
	(SELECT "login" FROM "sys_user" c WHERE c."id" = t."keeper") AS "keeper",
	(SELECT "name" FROM "sys_dept" c WHERE c."id" = t."team") AS "team"
FROM "shop_order" t WHERE t."deleted_at" IS NULL;
