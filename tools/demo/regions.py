"""Provinces, cities and districts as the program itself has them (runtime/model/region_table.inc, written by tools/regions.mjs)."""
import pathlib
import re

TABLE = pathlib.Path(__file__).parents[2] / 'runtime/model/region_table.inc'


def tree():
    """Provinces with "value", "label" and "children", each below it likewise; a province's label has its languages."""
    top, last = [], {}
    for row in re.findall(r'"(\d[^"]*)"', TABLE.read_text(encoding='utf-8')):
        code, name, english = re.fullmatch(r'(\d+)([^|]*)\|?(.*)', row).groups()
        one = {'value': code, 'label': {'zh-CN': name, 'en': english} if english else name, 'children': []}
        (last[len(code) - 2]['children'] if len(code) > 2 else top).append(one)
        last[len(code)] = one
    return top
