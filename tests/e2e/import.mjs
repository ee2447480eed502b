// B17: a file becomes records: looked at, its columns matched, checked without a trace, imported; what is refused is told by row
// and comes back as a file. CSV and a workbook of two sheets. Read again from the server.
import { readFileSync } from 'node:fs'
import { deflateRawSync, crc32 } from 'node:zlib'
import { api, assert, axe, eventually, noSidewaysScroll, openAs, play, scene, serve, settled, shot, startBrowser } from './lib.mjs'

const server = await serve()
const browser = await startBrowser()
const admin = await api(server.base, 'admin')
const stored = async (prefix) => (await admin('GET', `/api/crm/competitor?filter=${encodeURIComponent(`starts_with(name, '${prefix}')`)}&fields=name,strengths&sort=name&limit=50`)).body.records.map((r) => [r.name, r.strengths])
const csv = (name, ...lines) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) })

/** A zip of the parts, as a workbook is one. */
function zip(parts) {
  const files = [], index = []
  let at = 0
  for (const [name, text] of Object.entries(parts)) {
    const raw = Buffer.from(text), packed = deflateRawSync(raw), path = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(raw), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(raw.length, 18)
    common.writeUInt16LE(path.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    files.push(Buffer.from('PK\x03\x04'), common, path, packed)
    index.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, path)
    at += 30 + path.length + packed.length
  }
  const list = Buffer.concat(index), end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(parts).length, 4)
  end.writeUInt16LE(Object.keys(parts).length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...files, list, Buffer.from('PK\x05\x06'), end])
}
function workbook(sheets) {
  const names = Object.keys(sheets)
  const xml = '<?xml version="1.0" encoding="UTF-8"?>'
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main', rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const cell = (text, row, i) => `<c r="${String.fromCharCode(65 + i)}${row}" t="inlineStr"><is><t>${text}</t></is></c>`
  return zip({
    '[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>`,
    '_rels/.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${xml}<workbook xmlns="${main}" xmlns:r="${rel}"><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="s${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names.map((_, i) => `<Relationship Id="s${i + 1}" Type="${rel}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>`,
    ...Object.fromEntries(names.map((name, s) => [`xl/worksheets/sheet${s + 1}.xml`, `${xml}<worksheet xmlns="${main}"><sheetData>${sheets[name].map((row, r) => `<row r="${r + 1}">${row.map((text, i) => cell(text, r + 1, i)).join('')}</row>`).join('')}</sheetData></worksheet>`]))
  })
}
const give = (page, file) => page.locator('input[type=file]').setInputFiles(file)
const figures = (page) => page.locator('[data-outcome] [data-figure] dd').allTextContents()
/** A choice of a select that is known by its name. */
async function choose(page, box, option) {
  await page.locator('.el-select').filter({ has: page.getByRole('combobox', { name: box, exact: true }) }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

scene('a CSV file with a bad row: checked, mended by matching a column, imported; the bad row comes back', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/competitor`)
  await settled(page)
  await page.getByRole('link', { name: '导入' }).click()
  await page.getByRole('heading', { name: '导入竞争对手' }).waitFor()
  await axe(page, 'import, no file')
  await give(page, csv('竞品.csv', '名称,长处,价格', '导入甲,快,1', ',慢,2', '导入乙,稳,3'))
  await page.getByText('3 列中有 1 列要导入').waitFor()
  await shot(page, 'import-match')
  await axe(page, 'import, matching')
  await page.getByRole('button', { name: '检查文件' }).click()
  await page.getByRole('button', { name: '导入 2 行' }).waitFor()
  assert.deepEqual(await figures(page), ['2', '0', '0', '1'])
  const bad = page.getByRole('region', { name: '有错误的行' }).getByRole('row').nth(1)
  assert.match(await bad.textContent(), /^3名称: /)
  assert.deepEqual(await stored('导入'), [])
  await choose(page, '“长处”导入到', '优势')
  await page.getByText('3 列中有 2 列要导入').waitFor()
  await page.getByRole('button', { name: '导入 2 行' }).waitFor({ state: 'hidden' }) // what was checked is not what would be done
  await page.getByRole('button', { name: '检查文件' }).click()
  await page.getByRole('button', { name: '导入 2 行' }).waitFor()
  await shot(page, 'import-checked')
  await axe(page, 'import, checked')
  await page.getByRole('button', { name: '导入 2 行' }).click()
  await page.getByText('已导入：新建 2 条，更新 0 条').waitFor()
  assert.deepEqual(await figures(page), ['2', '0', '0', '1'])
  assert.deepEqual(await stored('导入'), [['导入甲', '快'], ['导入乙', '稳']])
  await shot(page, 'import-done')
  await axe(page, 'import, done')
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载有错误的行' }).click()])
  const lines = readFileSync(await download.path(), 'utf8').replace(/^\uFEFF/, '').trim().split('\r\n')
  assert.equal(lines[0], '名称,长处,价格,错误原因')
  assert.match(lines[1], /^,慢,2,.+/)
  await page.reload() // the address names the job
  await page.getByText('已导入：新建 2 条，更新 0 条').waitFor()
  await page.getByRole('link', { name: '查看我今天新建的竞争对手' }).click()
  await page.getByRole('row').filter({ hasText: '导入甲' }).waitFor()
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a workbook of two sheets: the second updates what is there and adds the rest', async () => {
  await admin('POST', '/api/crm/competitor', { name: '簿甲', strengths: '旧' })
  const { page, context, faults } = await openAs(browser, server.base, 'admin')
  await page.goto(`${server.base}/a/crm/competitor/import`)
  await give(page, { name: 'two.xlsx', mimeType: 'application/octet-stream', buffer: workbook({ 说明: [['写法'], ['见第二页']], 数据: [['名称', '优势'], ['簿甲', '新'], ['簿乙', '广']] }) })
  await page.getByText('至少选一列导入').waitFor()
  assert.equal(await page.getByRole('button', { name: '检查文件' }).isDisabled(), true)
  await choose(page, '工作表', '数据')
  await page.getByText('2 列中有 2 列要导入').waitFor()
  await choose(page, '已有的记录', '更新，没有的新建')
  await page.getByRole('button', { name: '检查文件' }).click()
  await page.getByRole('button', { name: '导入 2 行' }).click()
  await page.getByText('已导入：新建 1 条，更新 1 条').waitFor()
  await eventually(() => stored('簿'), [['簿甲', '新'], ['簿乙', '广']])
  await page.getByRole('button', { name: '撤销这次导入' }).click()
  await page.getByText('会删除新建的 1 条').waitFor()
  assert.deepEqual(await stored('簿'), [['簿甲', '新'], ['簿乙', '广']])
  await axe(page, 'import, asked whether it is taken back')
  await page.getByRole('button', { name: '撤销导入' }).click()
  await page.getByText('已撤销导入：删除 1 条，改回 1 条，保留 0 条').waitFor()
  await eventually(() => stored('簿'), [['簿甲', '旧']])
  await shot(page, 'import-undone')
  await context.close()
  assert.deepEqual(faults, [])
})

scene('a file that cannot be read is told at once, on a phone, in English and dark', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'admin', { size: 'phone', theme: 'dark', lang: 'en' })
  await page.goto(`${server.base}/a/crm/competitor/import`)
  await give(page, { name: 'broken.xlsx', mimeType: 'application/octet-stream', buffer: workbook({ A: [['x']] }).subarray(0, 200) })
  await page.getByRole('alert').getByText('The workbook cannot be read').waitFor()
  assert.equal(await page.getByRole('heading', { name: '2. Match the columns' }).count(), 0)
  await axe(page, 'import, a broken file, on a phone')
  await give(page, csv('c.csv', 'Name,Website', 'Phone Import,https://example.com', 'Phone Import Two,no address'))
  await page.getByRole('button', { name: 'Check the file' }).click()
  await page.getByRole('button', { name: /^Import \d rows$/ }).waitFor()
  await noSidewaysScroll(page, 'import')
  await shot(page, 'import-phone')
  await axe(page, 'import on a phone')
  assert.deepEqual(await stored('Phone Import'), [])
  await context.close()
  assert.deepEqual(faults, [])
})

scene('whoever may not import is not offered it, and is told where he goes by hand', async () => {
  const { page, context, faults } = await openAs(browser, server.base, 'chen')
  const { forms } = (await (await api(server.base, 'chen'))('GET', '/api/crm/definition')).body
  const closed = forms.find((f) => f.rights.read && !f.rights.import).form
  await page.goto(`${server.base}/a/crm/${closed}`)
  await settled(page)
  assert.equal(await page.getByRole('link', { name: '导入' }).count(), 0)
  await page.goto(`${server.base}/a/crm/${closed}/import`)
  await page.getByText('请向管理员申请导入权限').waitFor()
  assert.equal(await page.locator('input[type=file]').count(), 0)
  await context.close()
  assert.deepEqual(faults, [])
})

await play()
await browser.close()
await server.stop()
