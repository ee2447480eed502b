// For the tests that compare the browser's rules with a running server (TENON_URL): plain http, because the fetch of happy-dom
// keeps the laws of a page.
import { request } from 'node:http'

export interface Answer {
  status: number
  text: string
  json: unknown
}

/** One logged-in person. */
export class TestServer {
  private headers: Record<string, string> = { 'Accept-Language': 'en' }

  constructor(private readonly url: string) {}

  async login(login: string, password: string): Promise<void> {
    const { csrf } = await this.ok<{ csrf: string }>('POST', '/api/session', { login, password })
    this.headers['X-CSRF-Token'] = csrf
  }

  call(method: string, path: string, body?: unknown, rev?: number, type = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const req = request(this.url + path, { method, headers: { ...this.headers, 'Content-Type': type, ...(rev === undefined ? {} : { 'If-Match': `"${rev}"` }) } }, (response) => {
        const cookie = response.headers['set-cookie']?.[0]
        if (cookie) this.headers.Cookie = cookie.split(';')[0]!
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          const json = /json/.test(response.headers['content-type'] ?? '') ? (JSON.parse(text) as unknown) : null
          resolve({ status: response.statusCode!, text, json })
        })
      })
      req.on('error', reject)
      req.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
    })
  }

  async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json as T
  }

  upload(path: string, parts: Record<string, string>): Promise<Answer> {
    const boundary = 'a-part-of-the-form'
    const body = Object.entries(parts).map(([name, text]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${name === 'file' ? '; filename="rows.csv"\r\nContent-Type: text/csv' : ''}\r\n\r\n${text}\r\n`)
    return this.call('POST', path, `${body.join('')}--${boundary}--\r\n`, undefined, `multipart/form-data; boundary=${boundary}`)
  }
}
