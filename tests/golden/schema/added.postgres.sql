ALTER TABLE "shop_order" ADD COLUMN "number__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "customer__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "stage__v2" bigint;
CREATE TABLE "shop_order__place__v2" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" bigint NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE TABLE "shop_order__tags__v2" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" text COLLATE "C" NOT NULL,
	PRIMARY KEY ("record", "pos")
);
CREATE TABLE "shop_order__marks__v2" (
	"record" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"value" bigint NOT NULL,
	PRIMARY KEY ("record", "pos")
);
ALTER TABLE "shop_order" ADD COLUMN "note__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "receiver__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "receiver__v2$sort" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "pieces__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "weight__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "total__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "discount__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "paid__v2" boolean;
ALTER TABLE "shop_order" ADD COLUMN "due__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "shipped__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "at__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "took__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "mobile__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "mail__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "page__v2" text COLLATE "C";
ALTER TABLE "shop_order" ADD COLUMN "keeper__v2" bigint;
ALTER TABLE "shop_order" ADD COLUMN "team__v2" bigint;
CREATE TABLE "shop_order__lines__v2" (
	"id" bigint PRIMARY KEY,
	"parent" bigint NOT NULL,
	"pos" bigint NOT NULL,
	"product" text COLLATE "C",
	"qty" bigint,
	"replaces" bigint
);
