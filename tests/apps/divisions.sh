#!/bin/sh
# 31 provinces, 342 cities, 2,978 districts as one cascade; a site in every district. An impossible pair is refused (F09).
. "$(dirname "$0")/lib.sh"
need cn_divisions
mkdir -p "$work/app/enums"
cp -r "$here/divisions/." "$work/app/"
python3 - "$shared/cn_divisions" "$work" <<'PY'
import csv, json, sys
source, work = sys.argv[1:]
read = lambda name: list(csv.DictReader(open(f'{source}/{name}.csv', encoding='utf-8-sig')))
provinces, cities, areas = read('provinces'), read('cities'), read('areas')
value = lambda name, children: {'value': name, 'label': name, **({'children': children} if children else {})}
tree = [value(p['name'], [value(c['name'], [value(a['name'], []) for a in areas if a['cityCode'] == c['code']])
        for c in cities if c['provinceCode'] == p['code']]) for p in provinces]
json.dump({'enum': 'division', 'label': {'zh-CN': '省市区', 'en': 'Division'}, 'values': tree}, open(f'{work}/app/enums/division.json', 'w'), ensure_ascii=False)
names = {r['code']: r['name'] for r in provinces + cities}
with open(f'{work}/sites.csv', 'w', encoding='utf-8') as out:
    out.write('name,area\n')
    for a in areas:
        out.write(f"{a['code']},{names[a['provinceCode']]}/{names[a['cityCode']]}/{a['name']}\n")
print(len(provinces), len(cities), len(areas))
PY
here=$work serve app
is 'sites' '2978 read, 2978 created, 0 updated, 0 skipped, 0 failed' "$(import divisions site "$work/sites.csv")"
is 'sites in Guangdong' "$(grep -c ',广东省/' "$work/sites.csv")" "$(get /api/divisions/site "filter='广东省' in area" limit=1 count=exact | jq .count)"
is 'sites in Shenzhen' "$(grep -c '/深圳市/' "$work/sites.csv")" "$(get /api/divisions/site "filter='深圳市' in area" limit=1 count=exact | jq .count)"
status=$(curl -s -o "$work/answer.json" -w '%{http_code}' -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
	-d '{"name":"不存在的组合","area":["广东省","杭州市","西湖区"]}' "http://127.0.0.1:$port/api/divisions/site")
is 'an impossible pair' 422 "$status"
is 'and nothing is stored' 2978 "$(get /api/divisions/site limit=1 count=exact | jq .count)"
