"""Words the demo data is made of. Every company, person, number and address is composed; none is meant to exist."""

# city code of the region enum: (name in company names, dialling code, team, weight)
CITIES = {
    '3101': ('上海', '021', 'east', 9), '3201': ('南京', '025', 'east', 4), '3202': ('无锡', '0510', 'east', 4),
    '3204': ('常州', '0519', 'east', 3), '3205': ('苏州', '0512', 'east', 8), '3301': ('杭州', '0571', 'east', 7),
    '3302': ('宁波', '0574', 'east', 5), '3303': ('温州', '0577', 'east', 2), '3401': ('合肥', '0551', 'east', 3),
    '3502': ('厦门', '0592', 'east', 2), '4401': ('广州', '020', 'south', 7), '4403': ('深圳', '0755', 'south', 9),
    '4404': ('珠海', '0756', 'south', 2), '4406': ('佛山', '0757', 'south', 5), '4413': ('惠州', '0752', 'south', 3),
    '4419': ('东莞', '0769', 'south', 6), '4420': ('中山', '0760', 'south', 2), '4301': ('长沙', '0731', 'south', 3),
    '4201': ('武汉', '027', 'south', 3), '5101': ('成都', '028', 'south', 3), '1101': ('北京', '010', 'north', 6),
    '1201': ('天津', '022', 'north', 3), '1301': ('石家庄', '0311', 'north', 1), '2102': ('大连', '0411', 'north', 2),
    '2101': ('沈阳', '024', 'north', 2), '6101': ('西安', '029', 'north', 3), '3702': ('青岛', '0532', 'north', 3),
    '4101': ('郑州', '0371', 'north', 2),
}

# two characters give the name of a company; the pinyin its domain
FIRST = dict(zip('云启衡澄浦恒瓯鹭仲锐朗峻翊沐岚晟瀚屹棠砚珩祺禾澜煜湛霁嵘景泽骏韬铭颂瑾钧铂磐璟锦鼎弘', (
    'yun qi heng cheng pu heng ou lu zhong rui lang jun yi mu lan sheng han yi tang yan heng qi he lan yu zhan ji rong '
    'jing ze jun tao ming song jin jun bo pan jing jin ding hong').split()))
SECOND = dict(zip('岭川拓立岛凯远辰翔瑞宸越联观途原桥舟杉樾峰湾谷汀洲野', (
    'ling chuan tuo li dao kai yuan chen xiang rui chen yue lian guan tu yuan qiao zhou shan yue feng wan gu ting zhou ye').split()))

# leaf of the industry enum: words in company names
TRADES = {
    ('manufacturing', 'machinery'): ('机械', '智能装备', '重工'), ('manufacturing', 'machine_tool'): ('数控机床', '刀具'),
    ('manufacturing', 'electrical'): ('电气', '开关设备'), ('manufacturing', 'mould'): ('模具', '精密模具'),
    ('manufacturing', 'robotics'): ('机器人', '自动化设备'), ('electronics', 'components'): ('电子', '电子元件'),
    ('electronics', 'display'): ('显示技术', '光电'), ('electronics', 'semiconductor'): ('半导体', '微电子'),
    ('electronics', 'instrument'): ('仪器', '仪表'), ('automotive', 'parts'): ('汽车零部件', '汽车部件'),
    ('automotive', 'interior'): ('汽车内饰',), ('automotive', 'new_energy'): ('新能源汽车技术',),
    ('chemical', 'coating'): ('新材料', '涂料'), ('chemical', 'plastics'): ('塑料制品', '塑胶'), ('chemical', 'metal'): ('铝业', '金属材料'),
    ('energy', 'photovoltaic'): ('光伏材料', '太阳能'), ('energy', 'storage'): ('储能技术',), ('energy', 'water'): ('环境工程', '水处理设备'),
    ('energy', 'grid'): ('电力设备',), ('pharma', 'drugs'): ('制药', '药业'), ('pharma', 'devices'): ('医疗器械', '医疗设备'),
    ('pharma', 'biotech'): ('生物科技', '生物技术'), ('food', 'processing'): ('食品', '食品加工'), ('food', 'beverage'): ('饮品', '饮料'),
    ('food', 'cold_chain'): ('冷链物流',), ('textile', 'fabric'): ('纺织', '面料'), ('textile', 'garment'): ('服饰', '制衣'),
    ('textile', 'footwear'): ('鞋服',), ('logistics', 'road'): ('物流', '运输'), ('logistics', 'warehouse'): ('仓储', '联运物流'),
    ('logistics', 'supply_chain'): ('供应链',), ('technology', 'software'): ('软件', '信息技术'), ('technology', 'data'): ('数据科技',),
    ('technology', 'integration'): ('系统集成',), ('retail', 'trade'): ('贸易', '商贸'), ('retail', 'furniture'): ('家居', '建材'),
    ('retail', 'chain'): ('连锁超市',), ('service', 'engineering'): ('工程设计',), ('service', 'property'): ('园区运营',),
}
HEAVY = {'manufacturing': 3, 'electronics': 3, 'automotive': 2, 'chemical': 2}
# how a trade is shortened where two characters would cut a word
SHORT = {'系统集成': '集成', '供应链': '供应链', '新能源汽车技术': '新能源', '光伏材料': '光伏', '连锁超市': '超市', '汽车内饰': '内饰', '汽车零部件': '汽配', '汽车部件': '汽配',
         '精密模具': '精模', '新材料': '新材', '水处理设备': '水处理', '智能装备': '智装', '机器人': '机器人', '信息技术': '信息', '微电子': '微电', '半导体': '半导体', '太阳能': '太阳能'}
STREETS = ('科技路', '创新大道', '工业大道', '兴业路', '长江路', '建设路', '开发大道', '滨河路', '振兴路', '学府路', '迎宾大道', '新港路', '文化路', '友谊路')
PARKS = ('智造园', '科创中心', '高新产业园', '装备园', '联东园', '研发楼', '厂区')

SURNAMES = dict(zip('李王张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚', (
    'li wang zhang liu chen yang huang zhao zhou wu xu sun zhu ma hu guo lin he gao liang zheng luo song xie tang han cao xu deng xiao '
    'feng zeng cheng cai peng pan yuan yu dong yu su ye lv wei jiang tian du ding shen jiang fan jiang fu zhong lu wang dai cui ren lu '
    'liao yao fang jin qiu xia tan wei jia zou shi xiong meng qin yan xue hou lei bai long duan hao kong shao shi mao chang wan gu lai '
    'wu kang he yan yin qian shi niu hong gong').split()))
GIVEN_ONE = dict(zip('伟敏静磊洋勇艳杰娟涛超明霞平刚辉鹏慧斌浩雯晨颖琳宇航欣悦璐凯峰莉婷佳俊', (
    'wei min jing lei yang yong yan jie juan tao chao ming xia ping gang hui peng hui bin hao wen chen ying lin yu hang xin yue lu kai '
    'feng li ting jia jun').split()))
GIVEN_TWO = dict(zip('建志文晓思雅子海国永家俊明嘉春秋立振玉雪', 'jian zhi wen xiao si ya zi hai guo yong jia jun ming jia chun qiu li zhen yu xue'.split()))
MOBILES = ('134 135 136 137 138 139 147 150 151 152 157 158 159 178 182 183 187 188 130 131 132 155 156 166 175 176 185 186 133 153 '
           '173 177 180 181 189 199').split()

# post, department, part in the decision
POSTS = [('总经理', '总经办', 'decision_maker'), ('副总经理', '总经办', 'decision_maker'), ('生产副总', '生产中心', 'decision_maker'),
         ('信息总监', '信息部', 'influencer'), ('IT 经理', '信息部', 'influencer'), ('信息主管', '信息部', 'user'),
         ('采购总监', '采购部', 'gatekeeper'), ('采购经理', '采购部', 'gatekeeper'), ('生产经理', '生产部', 'user'),
         ('设备经理', '设备部', 'user'), ('质量经理', '质量部', 'supporter'), ('财务总监', '财务部', 'influencer'),
         ('运营总监', '运营部', 'supporter'), ('仓储经理', '物流部', 'user'), ('销售总监', '销售部', 'supporter')]

# project, what is needed (in the customer's words), categories of products an order takes from
PROJECTS = [
    ('车间看板', '车间进度靠白板和微信群，老板要在手机上看到每条产线', ('platform', 'terminal', 'service')),
    ('设备联网', '机床开机率说不清，想把 {n} 台设备连起来', ('hardware', 'platform', 'service')),
    ('设备联网二期', '一期用得不错，再接 {n} 台，加上能耗', ('hardware', 'service')),
    ('质量追溯', '客户要求批次可追溯，现在查一次要翻半天纸单', ('module', 'terminal', 'service')),
    ('售后工单平台', '报修靠电话登记，响应慢，客户投诉多', ('platform', 'module', 'service')),
    ('合同审批', '合同签批走纸质，异地盖章要等一周', ('platform', 'module')),
    ('销售过程管理', '客户资料在销售个人手里，人走客户就丢', ('platform', 'service')),
    ('仓库扫码', '账实不符，盘点一次停产两天，希望扫码出入库', ('terminal', 'module', 'hardware', 'service')),
    ('采购协同', '供应商交期不准，催货全靠电话', ('platform', 'module', 'service')),
    ('能耗监测', '园区要报能耗数据，目前手工抄表', ('hardware', 'module', 'service')),
    ('项目台账', '项目成本月底才知道，想随时看到', ('platform', 'module')),
    ('平台扩容', '用户从 {n} 人增加，需要更高版本', ('platform', 'support')),
    ('点检电子化', '设备点检表每天 {n} 张纸，没人看', ('module', 'terminal')),
    ('经销商门户', '经销商下单靠传真和微信，经常错单', ('platform', 'module', 'service')),
]
COMPETITORS = {  # price, what they sell, strong in, weak in, what we say
    '远景云协': ('higher', '集团协同平台', '品牌知名，集团客户多', '实施周期长，改一个字段要排期', '请客户现场提一个改动，我们当天改给他看'),
    '蓝柏软件': ('lower', '标准版进销存', '价格低，上手快', '不能按企业流程调整，接口收费高', '对比三年总费用，含接口和加模块'),
    '数桥科技': ('similar', '设备联网套件', '硬件型号多', '业务系统弱，数据要另买软件看', '演示设备数据直接进工单和追溯'),
    '自研系统': ('higher', '客户信息部自己开发', '贴合现状，数据在自己手里', '人走系统停，维护没有保障', '先上一个部门，源数据可随时导出'),
    '盛和信息': ('similar', '区域集成商', '本地服务响应快', '产品多家拼装，升级互相影响', '一套程序一个数据库，升级一次完成'),
    '外包团队': ('lower', '定制开发', '首期报价低', '需求变更另收费，没有文档', '把变更费用写进对比表，看两年总价'),
}
LOSSES = {
    'price': ('对方报价低两成，老板倾向便宜的', '预算只有我们报价的六成'), 'function': ('需要与老的 ERP 双向同步，工期谈不拢', '移动端离线不满足'),
    'competitor': ('客户集团统一选了另一家', '竞品先做了样板车间'), 'budget': ('年度预算被砍', '总部冻结信息化支出'),
    'timing': ('搬厂，项目推到明年', '先上 ERP，其他暂缓'), 'relation': ('信息总监离职，新人重新选型', '对接人调岗'),
}
NEXT_STEPS = {
    'contact': ('约一次现场调研', '发公司介绍和同行案例', '找到信息部负责人'), 'needs': ('整理需求清单请客户确认', '补访生产部和仓库', '看现有表格和流程'),
    'solution': ('方案初稿内部评审', '约客户过方案', '请实施估人天'), 'demo': ('准备演示数据', '安排现场演示，邀请副总参加', '演示后收集意见'),
    'quote': ('等客户反馈报价', '准备第二版报价', '和采购对清单'), 'negotiation': ('谈付款比例', '确认交付范围和验收标准', '申请特价'),
    'contract': ('法务在看合同', '等客户盖章', '补充验收条款'),
}
FIRST_TALKS = {
    'call': ('首次电话沟通', ('对方在开会，约好下次再聊', '确认了公司规模和现有系统，愿意看资料', '说是随便看看，近期没有计划', '痛点比较明确，问了价格区间', '负责人不在，留了联系方式')),
    'wechat': ('加微信发资料', ('通过了好友，已发产品介绍', '看了案例，问能不能和现有系统对接', '回复说内部讨论后联系')),
    'email': ('发送产品资料', ('已发资料和案例，对方回复收到', '对方转给了信息部')),
    'visit': ('上门初次拜访', ('看了车间，现场管理以纸单为主', '见到了生产经理，答应约副总')),
    'meeting': ('线上交流', ('{n} 人参会，提了不少问题', '介绍了方案框架，对方会内部汇报')),
}
TALKS = {
    'needs': ('需求调研', ('走访了生产、仓库、质量三个部门，需求清单 {n} 条', '和信息部对接了现有系统接口', '拿到了现有表格和流程图，缺少考核口径')),
    'solution': ('方案沟通', ('过了方案初稿，客户希望分两期做', '实施给出人天评估，客户觉得周期偏长', '方案里补充了权限和审批部分')),
    'demo': ('产品演示', ('演示了移动端和看板，副总比较认可', '客户最关心报表，要求再看一次', '现场用客户数据演示，反馈不错')),
    'quote': ('报价沟通', ('发送报价，采购要求拆分明细', '客户希望首年再优惠一些', '解释了实施费用的构成')),
    'negotiation': ('商务谈判', ('付款方式谈到 3：7，质保期还没定', '对方要求增加两次现场培训', '让了 3 个点，交期不变')),
    'contract': ('合同沟通', ('法务提了 {n} 处修改，已回复', '合同已寄出，等客户盖章', '验收条款双方确认')),
    'won': ('签约回访', ('合同已签，约好启动会时间', '和实施交接了需求和承诺事项')),
    'lost': ('丢单复盘', ('和客户聊了原因，保持联系', '客户说明年可能再看')),
}
CARE = (('季度回访', ('使用稳定，提了两个小建议', '希望增加报表导出', '负责人换了，重新介绍了一遍')), ('续费沟通', ('客户确认续费，走内部流程', '想按使用人数减少许可')),
        ('现场巡检', ('网关运行正常，更换了一块电池', '培训了新来的三位班组长')))
TASKS = ('整理需求清单', '准备演示环境', '发送更新后的报价', '约见{post}', '跟进合同盖章', '提交实施人天评估', '寄送样机', '回访使用情况', '催收预付款', '补充案例资料', '确认验收时间', '邀请参加研讨会')

CAMPAIGNS = [  # name, channel, place, budget, working days before the day it was written for: start and end
    ('华东工业互联网展', 'exhibition', '上海新国际博览中心', 180000, 372, 369), ('夏季线上直播：车间数字化十问', 'webinar', '', 20000, 345, 345),
    ('设备联网白皮书下载', 'content', '', 35000, 330, 290), ('搜索推广（下半年）', 'search_ad', '', 120000, 300, 215),
    ('华南制造业数字化研讨会', 'seminar', '深圳会展酒店', 60000, 278, 278), ('深圳智能制造展', 'exhibition', '深圳国际会展中心', 200000, 248, 245),
    ('年终客户答谢会', 'care', '杭州', 90000, 232, 232), ('搜索推广（上半年）', 'search_ad', '', 110000, 205, 105),
    ('质量追溯案例集', 'content', '', 30000, 180, 120), ('天津装备制造研讨会', 'seminar', '天津滨海', 55000, 128, 128),
    ('上海国际工业博览会', 'exhibition', '国家会展中心', 220000, 42, 38), ('搜索推广（秋冬）', 'search_ad', '', 100000, 60, -30),
]

# code, name, category, specification, unit, list price, cost, tax, on sale
PRODUCTS = []


def _add(code, name, category, spec, unit, price, cost, tax, on_sale=True):
    PRODUCTS.append((code, name, category, spec, unit, price, cost, tax, on_sale))


for _edition, _name, _price in (('STD', '标准版', 680), ('PRO', '专业版', 1280), ('ADV', '旗舰版', 1980)):
    _add(f'PF-{_edition}', f'业务平台 {_name}', 'platform', '按用户按年订阅', 'user_year', _price, round(_price * .18), '6%')
    _add(f'PF-{_edition}-Y3', f'业务平台 {_name} 三年', 'platform', '按用户三年订阅', 'user_year', round(_price * 2.5), round(_price * .45), '6%')
_add('PF-PRIV', '业务平台 私有部署版', 'platform', '不限用户，一年更新', 'set', 198000, 38000, '6%')
_add('PF-GROUP', '业务平台 集团版', 'platform', '最多 20 家下属单位', 'set', 458000, 86000, '6%')
for _n, (_name, _price) in enumerate((('合同管理', 16800), ('售后工单', 14800), ('质量追溯', 26800), ('设备点检', 12800), ('仓库管理', 29800), ('采购协同', 22800),
                                      ('项目台账', 15800), ('经销商门户', 36800), ('能耗分析', 24800), ('排产助手', 45800), ('移动审批', 9800), ('数据大屏', 18800))):
    _add(f'MD-{_n + 1:02}', f'{_name}模块', 'module', '按套按年', 'set', _price, round(_price * .15), '6%')
for _code, _name, _spec, _price in (('GW100', '数据采集网关 GW100', '4 串口，以太网', 4680), ('GW200', '数据采集网关 GW200', '8 串口，4G', 6980), ('GW300', '边缘计算网关 GW300', '双网口，8 GB', 12800),
                                    ('SN-T1', '温湿度传感器 T1', 'RS485', 268), ('SN-V2', '振动传感器 V2', '三轴，IP67', 1380), ('SN-E3', '智能电表 E3', '三相，0.5 级', 760),
                                    ('SN-F4', '流量计 F4', 'DN50', 3260), ('IO-16', '远程 IO 模块 16 路', '数字量', 890), ('IO-8A', '远程 IO 模块 8 路', '模拟量', 1120),
                                    ('AP-IN', '工业无线 AP', '双频，IP65', 2380), ('SW-8', '工业交换机 8 口', '导轨安装', 1560), ('CAB-1', '采集机柜', '600×800', 2980),
                                    ('PWR-24', '导轨电源 24 V', '120 W', 320), ('ANT-4G', '4G 天线', '3 m 馈线', 86)):
    _add(f'HW-{_code}', _name, 'hardware', _spec, 'piece', _price, round(_price * .52), '13%')
_add('HW-GW50', '数据采集网关 GW50（停产）', 'hardware', '2 串口', 'piece', 3280, 1900, '13%', False)
for _code, _name, _spec, _price in (('TAB8', '工业平板 8 寸', 'IP65，安卓', 2999), ('TAB10', '工业平板 10 寸', 'IP65，安卓', 3899), ('PDA-5', '手持扫码终端', '二维码，5 寸', 2180),
                                    ('PDA-R', '手持 RFID 终端', 'UHF', 4580), ('BOARD55', '车间看板一体机 55 寸', '触控', 9800), ('BOARD43', '车间看板一体机 43 寸', '', 6800),
                                    ('PRN-4', '标签打印机 4 寸', '300 dpi', 2680), ('PRN-2', '便携标签打印机', '蓝牙', 1180), ('SCAN-1', '无线扫码枪', '二维码', 580)):
    _add(f'TM-{_code}', _name, 'terminal', _spec, 'piece', _price, round(_price * .6), '13%')
_add('TM-TAB7', '工业平板 7 寸（停产）', 'terminal', 'IP54', 'piece', 2399, 1500, '13%', False)
for _code, _name, _unit, _price in (('IMPL', '实施服务', 'day', 2500), ('IMPL-S', '高级实施服务', 'day', 3600), ('DEV', '定制开发', 'day', 3200), ('TRAIN', '现场培训', 'day', 3200),
                                    ('TRAIN-O', '线上培训', 'day', 1500), ('INTEG', '接口对接', 'set', 18000), ('MIGR', '历史数据迁移', 'set', 12000), ('SURVEY', '现场调研', 'day', 2000)):
    _add(f'SV-{_code}', _name, 'service', '', _unit, _price, round(_price * .45), '6%')
for _code, _name, _price in (('BASIC', '标准维保', 9800), ('PLUS', '高级维保', 19800), ('SITE', '驻场维保', 98000), ('BACKUP', '异地备份服务', 6800), ('HOT', '热线支持', 4800),
                             ('CHECK', '年度巡检', 5800)):
    _add(f'SP-{_code}', _name, 'support', '按年', 'year', _price, round(_price * .4), '6%')
