// The offsets of a time zone as the rules need them, out of the browser's own tzdata: instants (seconds UTC) from which an
// offset (seconds east) holds. 1900 to 2100: beyond, the first and the last stand.
export interface ZoneTable {
  first: number
  at: number[]
  offset: number[]
}

const FROM = Date.UTC(1900, 0, 1) / 1000
const UNTIL = Date.UTC(2100, 0, 1) / 1000
const STEP = 28 * 86400 // no two switches are nearer but in a few wars, where one is as good as the other

function offsetReader(zone: string): (seconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, calendar: 'iso8601', hourCycle: 'h23',
    year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric'
  })
  return (seconds) => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(seconds * 1000)) part[type] = Number(value)
    return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) / 1000 - seconds
  }
}

/** The first second in (low, high] at which another offset than `low`'s holds. */
function switchIn(read: (seconds: number) => number, low: number, high: number): number {
  const before = read(low)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (read(middle) === before) low = middle
    else high = middle
  }
  return high
}

const tables = new Map<string, ZoneTable>()

export function zoneOf(zone: string): ZoneTable {
  const known = tables.get(zone)
  if (known) return known
  const read = offsetReader(zone)
  const table: ZoneTable = { first: read(FROM), at: [], offset: [] }
  let offset = table.first
  for (let t = FROM; t < UNTIL; t += STEP) {
    let from = t
    while (read(Math.min(t + STEP, UNTIL)) !== offset) {
      const at = switchIn(read, from, Math.min(t + STEP, UNTIL))
      offset = read(at)
      table.at.push(at)
      table.offset.push(offset)
      from = at
    }
  }
  tables.set(zone, table)
  return table
}
