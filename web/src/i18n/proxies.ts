import type { Messages } from './t'

// Standing proxies: who decides in my place while I am away.
export default {
  'proxies.title': ['外出代理', 'While I am away'],
  'proxies.hint': ['你不在的时候，新到的审批由代理人处理，审批记录里会写明代谁处理。已经在你手里的审批不会转走；代理结束时还没处理的，转回给你。', 'While you are away, approvals that newly come up go to the person who stands in, and the trail says for whom. What already waits for you stays with you; what is still open when it ends comes back.'],
  'proxies.from': ['谁外出', 'Who is away'],
  'proxies.to': ['代理人', 'Who stands in'],
  'proxies.toHint': ['按姓名或账号查找', 'Find by name or login'],
  'proxies.since': ['第一天', 'First day'],
  'proxies.until': ['最后一天', 'Last day'],
  'proxies.noEnd': ['一直有效', 'No end'],
  'proxies.flows': ['哪些审批', 'Which approvals'],
  'proxies.allFlows': ['全部审批', 'All approvals'],
  'proxies.add': ['设置代理', 'Set'],
  'proxies.added': ['{to} 将代 {from} 处理审批', '{to} stands in for {from}'],
  'proxies.mine': ['代我处理的人', 'Who stands in for me'],
  'proxies.forMe': ['我代谁处理', 'I stand in for'],
  'proxies.others': ['其他人的代理', 'Proxies of others'],
  'proxies.none': ['没有设置代理。', 'Nobody stands in for you.'],
  'proxies.past': ['已结束的 {n} 条', 'Ended: {n}'],
  'proxies.end': ['结束代理', 'End'],
  'proxies.endOf': ['结束 {to} 的代理', 'End that {to} stands in'],
  'proxies.ended': ['代理已结束，未处理的已转回', 'The proxy was ended; what was open went back'],
  'proxies.now': ['代理中', 'Now'],
  'proxies.later': ['未开始', 'Not begun'],
  'proxies.days': ['{since} 至 {until}', '{since} to {until}'],
  'proxies.daysOpen': ['{since} 起', 'From {since}'],
  'proxies.pair': ['{to} 代 {from}', '{to} for {from}']
} satisfies Messages
