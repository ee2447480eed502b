// "Chrome, Windows" out of a User-Agent: the order matters, most browsers also name others.
const BROWSERS: [RegExp, string][] = [[/MicroMessenger/, 'WeChat'], [/DingTalk/, 'DingTalk'], [/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari'], [/^curl\//, 'curl']]
const SYSTEMS: [RegExp, string][] = [[/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS X/, 'macOS'], [/Linux/, 'Linux']]

const first = (list: [RegExp, string][], text: string) => list.find(([pattern]) => pattern.test(text))?.[1]

/** Nothing when either is unknown: then the text itself is shown. */
export function browserOf(agent: string): { browser: string; system: string } | null {
  const browser = first(BROWSERS, agent)
  const system = first(SYSTEMS, agent)
  return browser && system ? { browser, system } : null
}
