import type { Messages } from './t'

// Running approvals of earlier versions onto the flow as it is published now.
export default {
  'migrate.title': ['换到最新版本', 'Move running approvals'],
  'migrate.lead': ['进行中的审批按发起时的版本走完。这里可以把它们换到第 {n} 版：任务、处理人和期限不变，之后的步骤按新版本走。', 'Running approvals end on the version they began with. Here they are moved to version {n}: tasks, people and deadlines stay, what follows goes by the new version.'],
  'migrate.version': ['第 {n} 版', 'Version {n}'],
  'migrate.newest': ['最新', 'newest'],
  'migrate.running': ['进行中 {n} 个', '{n} running'],
  'migrate.nothing': ['没有审批停在以前的版本上。', 'No approval runs on an earlier version.'],
  'migrate.from': ['哪些审批', 'Which approvals'],
  'migrate.all': ['全部以前的版本', 'All earlier versions'],
  'migrate.trial': ['试算结果', 'What would happen'],
  'migrate.fits': ['{n} 个可以换到第 {to} 版', '{n} can move to version {to}'],
  'migrate.stuck': ['{n} 个留在原来的版本', '{n} stay where they are'],
  'migrate.why.step_gone': ['所在的步骤在新版本里没有', 'the step they stand at is gone'],
  'migrate.why.not_parallel': ['同时进行的步骤在新版本里不再并行', 'the steps they stand at are no longer side by side'],
  'migrate.at': ['停在“{step}”', 'At “{step}”'],
  'migrate.count': ['{n} 个', '{n}'],
  'migrate.to': ['换到步骤', 'Continue at'],
  'migrate.stay': ['不换', 'Leave them'],
  'migrate.records': ['记录 {list}', 'Records {list}'],
  'migrate.more': ['等', 'and more'],
  'migrate.go': ['换 {n} 个审批', 'Move {n}'],
  'migrate.done': ['已换 {n} 个审批到第 {to} 版', '{n} moved to version {to}']
} satisfies Messages
