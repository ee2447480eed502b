#!/usr/bin/env python3
"""Demo data of apps/contract: parties, contracts at every step of their approval, sealing and archive, amendments. Writes apps/contract/demo.
Told as of AS_OF like the CRM's, with the same people (tools/demo/generate.py)."""
import base64
import json
import math
import pathlib
import struct
import zlib
from datetime import datetime, time, timedelta

from clock import AS_OF, DAYS, soon, stamp

ROOT = pathlib.Path(__file__).resolve().parents[2] / 'apps/contract'
LEAD = {'zhang': 'wang', 'zhou': 'wang', 'sun': 'zhao', 'deng': 'zhao', 'ma': 'gao', 'wang': 'li', 'zhao': 'li', 'gao': 'li', 'li': 'chen'}
LAW, COIN, HEAD, SEALS, ARCHIVE = 'fang', 'qian', 'chen', 'xie', 'liu'
ROLES = {'chen': ['director'], 'li': ['manager'], 'wang': ['manager'], 'zhao': ['manager'], 'gao': ['manager'], 'zhang': ['staff'], 'zhou': ['staff'], 'sun': ['staff'],
         'deng': ['staff'], 'ma': ['staff'], 'liu': ['archivist'], 'xie': ['seal_keeper'], 'qian': ['finance'], 'fang': ['legal']}


def signature():
    """A stroke of the pen as a picture."""
    wide, high = 180, 56
    rows = [bytearray(b'\xff' * wide) for _ in range(high)]
    for i in range(1400):
        x = 12 + i * 150 / 1400
        y = 28 + 15 * math.sin(x / 7) * math.cos(x / 31) + 5 * math.sin(x / 2.6)
        for dx in (0, 1):
            rows[int(y)][int(x) + dx] = rows[int(y) + 1][int(x) + dx] = 30

    def part(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    png = b'\x89PNG\r\n\x1a\n' + part(b'IHDR', struct.pack('>IIBBBBB', wide, high, 8, 0, 0, 0, 0)) + part(b'IDAT', zlib.compress(b''.join(b'\0' + bytes(r) for r in rows), 9)) + part(b'IEND', b'')
    return 'data:image/png;base64,' + base64.b64encode(png).decode()


SIGNED = signature()


class Story:
    """What becomes of one record, told hour by hour."""

    def __init__(self, record, days, minute=20):
        self.t = datetime.combine(DAYS[len(DAYS) - 1 - days], time(9)) + timedelta(minutes=minute)
        self.record = {**record, 'created_at': stamp(self.t), 'created_by': record['owner'], '$then': []}

    def tell(self, by, **values):
        self.t += timedelta(minutes=34)
        if self.t.hour >= 17:
            self.next_day()
        self.record['$then'].append({**values, 'updated_at': stamp(self.t), 'updated_by': by})
        return self

    def act(self, by, act, **body):
        return self.tell(by, **{'$flow': {'act': act, **body}})

    def ok(self, *people, **body):
        for who in people:
            self.act(who, 'approve', comment={LAW: '条款已核对', COIN: '付款节点可以', HEAD: '同意'}.get(who, '同意'), **({'signature': SIGNED} if who == HEAD and body.get('sign') else {}))
        return self

    def next_day(self):
        i = DAYS.index(self.t.date()) + 1
        self.t = datetime.combine(DAYS[min(i, len(DAYS) - 1)], time(9, 25))
        return self

    def approved(self):
        """Through all that its kind and amount ask for."""
        r, lead = self.record, LEAD[self.record['owner']]
        amount = float(r['amount'])
        self.act(r['owner'], 'start', flow='sales_approval' if r['kind'] == 'sales' else 'purchase_approval').ok(lead)
        if r['kind'] == 'sales':
            return self if amount < 100000 else self.ok(LAW, COIN) if amount < 500000 else self.ok(LAW, COIN, HEAD, sign=True)
        return self if amount < 50000 else self.ok(LAW, COIN) if amount < 500000 else self.ok(LEAD[lead], LAW, COIN, HEAD, sign=True)

    def sealed(self):
        self.act(self.record['owner'], 'start', flow='seal_use').act(SEALS, 'complete', fields={'copies': 4})
        return self

    def signed(self, who):
        self.next_day().act(self.record['owner'], 'complete', fields={'sign_date': str(self.t.date()), 'their_signer': who})
        return self

    def archived(self, place):
        self.next_day().act(ARCHIVE, 'complete', fields={'archive_place': place, 'archived_on': str(self.t.date())})
        return self


PARTIES = (('苏州恒锐机床有限公司', 'supplier', '周明'), ('无锡启明液压件厂', 'supplier', '陈立'), ('上海远洲软件有限公司', 'supplier', '何静'), ('杭州云栈网络科技有限公司', 'supplier', '高原'),
           ('南京宏图汽车零部件有限公司', 'customer', '徐磊'), ('宁波海帆进出口有限公司', 'customer', '丁宁'), ('合肥智造装备股份有限公司', 'customer', '石磊'), ('武汉长江电气集团有限公司', 'customer', '余波'))
CLAUSES = ('BD-01', 'FK-01', 'JF-01', 'ZB-01', 'BM-01', 'WY-01')


def contract(name, kind, party, owner, amount, days, seal='合同专用章', changed=None, minute=20):
    made = DAYS[len(DAYS) - 1 - days]
    return Story({'name': name, 'kind': kind, 'party': {'name': PARTIES[party][0]}, 'our_signer': LEAD[owner], 'money_way': 'in' if kind == 'sales' else 'out', 'amount': f'{amount}.00',
                  'starts': str(made + timedelta(14)), 'ends': str(made + timedelta(379)), 'seal': {'name': seal},
                  'clauses': [{'clause': {'code': c}, **({'changed': True} if c == changed else {})} for c in CLAUSES], 'owner': owner}, days, minute)


def contracts():
    c = contract
    yield c('数控刀具年度采购', 'purchase', 0, 'zhang', 32000, 60).approved().sealed().signed('周明').archived('A-03-11')
    yield c('汽车件检测平台销售', 'sales', 4, 'sun', 268000, 48).approved().sealed().signed('徐磊').archived('A-03-12')
    yield c('产线看板实施服务', 'sales', 6, 'ma', 92000, 35).approved().sealed().signed('石磊').archived('A-03-13')
    yield c('液压泵站采购', 'purchase', 1, 'zhou', 186000, 14).approved().sealed().signed('陈立')
    yield c('出口订单协同平台', 'sales', 5, 'deng', 88000, 6).approved().sealed().signed('丁宁')
    yield c('设备点检终端销售', 'sales', 7, 'deng', 96000, 5).approved().sealed()
    yield c('机加工外协框架', 'purchase', 1, 'zhang', 45000, 12).approved().sealed()
    yield c('办公网络改造', 'purchase', 3, 'ma', 46000, 5).approved().act('ma', 'start', flow='seal_use')
    yield c('客服系统年费', 'purchase', 2, 'zhou', 36000, 1).approved().act('zhou', 'start', flow='seal_use')
    yield c('质量追溯系统销售', 'sales', 6, 'zhang', 420000, 4, seal='公章').approved().act('zhang', 'start', flow='seal_use')
    yield c('加工中心采购', 'purchase', 0, 'sun', 640000, 2).act('sun', 'start', flow='purchase_approval').ok('zhao')
    yield c('仓储改造总包', 'purchase', 3, 'deng', 880000, 6).act('deng', 'start', flow='purchase_approval').ok('zhao', 'li', LAW, COIN)
    yield c('工单平台二期', 'sales', 7, 'zhou', 152000, 3).act('zhou', 'start', flow='sales_approval').ok('wang')
    yield c('密封件年度采购', 'purchase', 1, 'deng', 78000, 2).act('deng', 'start', flow='purchase_approval').ok('zhao', LAW)
    yield c('集团数据平台', 'sales', 7, 'ma', 530000, 3).act('ma', 'start', flow='sales_approval').ok('gao', LAW, COIN)
    yield c('软件二次开发', 'purchase', 2, 'zhang', 260000, 2).act('zhang', 'start', flow='purchase_approval').ok('wang').act(LAW, 'return', comment='成果归属条款缺失，请补 ZC-01')
    yield c('年度维保服务', 'sales', 5, 'sun', 96000, 3).act('sun', 'start', flow='sales_approval')
    yield c('劳保用品采购', 'purchase', 1, 'zhou', 38000, 0).act('zhou', 'start', flow='purchase_approval')
    yield c('展会搭建服务', 'purchase', 3, 'sun', 120000, 2).act('sun', 'start', flow='purchase_approval').ok('zhao').act(COIN, 'return', comment='起始日早于预算批复，请改到下月').act(
        'sun', 'resubmit', comment='已改到下月', fields={'starts': str(soon(10))})
    yield c('能耗监测系统', 'sales', 6, 'ma', 210000, 3, changed='FK-01').act('ma', 'start', flow='sales_approval').ok('gao').act(COIN, 'return', comment='名称写清期数，生效日改到验收之后').act(
        'ma', 'resubmit', comment='名称和生效日已改', fields={'name': '能耗监测系统（一期）', 'starts': str(soon(12))})
    yield c('样品试制', 'purchase', 0, 'ma', 28000, 1).act('ma', 'start', flow='purchase_approval').act('gao', 'return', comment='缺三家比价')


def amendments():
    yield Story({'contract': {'name': '数控刀具年度采购'}, 'kind': 'term', 'new_end': str(soon(300)), 'reason': '供货周期延长一个季度', 'owner': 'zhang'}, 3).act('zhang', 'start', flow='amendment_approval').ok('wang')
    yield Story({'contract': {'name': '汽车件检测平台销售'}, 'kind': 'amount', 'new_amount': '296000.00', 'reason': '增加两个检测工位', 'owner': 'sun'}, 1).act('sun', 'start', flow='amendment_approval')
    yield Story({'contract': {'name': '产线看板实施服务'}, 'kind': 'term', 'new_end': str(soon(200)), 'reason': '客户停产检修，顺延两个月', 'owner': 'ma'}, 8).act('ma', 'start', flow='amendment_approval').ok('gao', LAW)


def write(place, form, key, records):
    head = {'seed': place[3:], 'form': form, 'key': key, 'as_of': str(AS_OF)}
    body = ',\n  '.join(f'{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}' for k, v in head.items())
    lines = ',\n'.join('    ' + json.dumps(r, ensure_ascii=False) for r in records)
    (ROOT / f'demo/{place}.json').write_text(f'{{\n  {body},\n  "records": [\n{lines}\n  ]\n}}\n', encoding='utf-8')
    print(f'{len(records):5} {form}')


people = json.loads((ROOT.parent / 'crm/demo/people.json').read_text(encoding='utf-8'))
for user in people['users']:
    user['roles'] = {'contract': ROLES[user['user']]}
lists = ',\n'.join(f'  {json.dumps(k)}: [\n' + ',\n'.join('    ' + json.dumps(x, ensure_ascii=False) for x in v) + '\n  ]' for k, v in people.items())
(ROOT / 'demo').mkdir(exist_ok=True)
(ROOT / 'demo/people.json').write_text(f'{{\n{lists}\n}}\n', encoding='utf-8')
write('10_parties', 'party', ['name'], [{'name': n, 'kind': k, 'contact': who} for n, k, who in PARTIES])
write('20_contracts', 'contract', ['name'], [s.record for s in contracts()])
write('30_amendments', 'amendment', ['contract', 'kind'], [s.record for s in amendments()])
