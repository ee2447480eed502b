import { describe, expect, it } from 'vitest'
import { browserOf } from './agent'

describe('User-Agent', () => {
  it('names browser and system', () => {
    expect(browserOf('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0')).toEqual({ browser: 'Edge', system: 'Windows' })
    expect(browserOf('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50')).toEqual({ browser: 'WeChat', system: 'iOS' })
    expect(browserOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15')).toEqual({ browser: 'Safari', system: 'macOS' })
  })
  it('says nothing of a program it does not know', () => {
    expect(browserOf('acme-sync 2.1')).toBeNull()
    expect(browserOf('curl/7.88.1')).toBeNull()
  })
})
