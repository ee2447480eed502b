// The last character of a Chinese name, initials of another; the colour is a hash of the login, so it is the same everywhere.
const COLOURS = ['indigo', 'teal', 'purple', 'orange', 'blue', 'green', 'pink', 'yellow', 'red', 'gray']

export function avatarText(label: string): string {
  const name = label.trim()
  if (/[㐀-鿿]/.test(name)) return name.slice(-1)
  return name.split(/\s+/).map((word) => word[0] ?? '').slice(0, 2).join('').toUpperCase()
}

export function avatarColour(login: string): string {
  let hash = 0
  for (const c of login) hash = (hash * 31 + c.charCodeAt(0)) >>> 0
  return COLOURS[hash % COLOURS.length]!
}
