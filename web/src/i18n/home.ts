import type { Messages } from './t'

export default {
  'home.late': ['{n} 项已超时', '{n} overdue'],
  'home.dueToday': ['{n} 项今天到期', '{n} due today'],
  'home.coming': ['{n} 项即将到期', '{n} coming up'],
  'home.approvalsWait': ['{n} 项等你审批', '{n} waiting for your approval'],
  'home.approvalsLate': ['{n} 项等你审批，其中 {late} 项超时', '{n} waiting for your approval, {late} of them late'],
  'home.clear': ['今天没有到期的事', 'Nothing is due today'],
  'home.approvals': ['等你审批', 'Waiting for your approval'],
  'home.toInbox': ['全部', 'All'],
  'home.todo': ['接下来做什么', 'What next'],
  'home.todoEmpty': ['没有要处理的事。到期的跟进、任务会出现在这里。', 'Nothing waits for you. Follow-ups and tasks show here when they fall due.'],
  'home.overdueDays': ['超时 {n} 天', '{n} days late'],
  'home.overdueHours': ['超时 {t}', '{t} late'],
  'home.left': ['剩 {t}', '{t} left'],
  'home.open': ['打开', 'Open'],
  'home.mine': ['我的记录', 'My records'],
  'home.pipeline': ['我的{what}', 'My pipeline: {what}'],
  'home.recent': ['最近打开', 'Recently opened'],
  'home.recentEmpty': ['打开过的记录会列在这里。', 'Records you open are listed here.'],
  'home.unitCount': ['{n} 条', '{n}'],
  'home.tenThousands': ['{n} 万', '{n} ×10k'],
  'home.done': ['已完成：{what}', 'Done: {what}'],
  'home.noRules': ['这个浏览器里算不出要填的值，请打开记录修改', 'This browser cannot work out the values; open the record instead'],
  'home.more': ['还有 {n} 项', '{n} more'],
  'home.showAll': ['展开分析', 'Open']
} satisfies Messages
