// The directory as the settings pages use it.
import { get } from '@/api/client'
import type { Label, Lang } from '@/api/types'
import { session } from '@/session'

export interface Person {
  user: string
  label: string
  dept: string | null
  depts: string[]
  administers: string[]
  email: string | null
  superior: string | null
  roles: Record<string, string[]>
  admin: boolean
  active: boolean
  language: Lang
}

export interface Dept {
  dept: string
  label: Label
  parent: string | null
  head: string | null
  active: boolean
  position?: number
}

export interface DeptNode extends Dept {
  level: number
  children: DeptNode[]
}

export async function readDepts(): Promise<Dept[]> {
  const all: Dept[] = []
  let cursor: string | null = null
  do {
    const page: { depts: Dept[]; next: string | null } = await get('/api/depts', { limit: 1000, cursor })
    all.push(...page.depts)
    cursor = page.next
  } while (cursor)
  return all.filter((d) => d.active)
}

/** The roles of every app, by app. */
export async function readRoles(): Promise<Record<string, { role: string; label: Label }[]>> {
  const rights = session.apps.map(async ({ app }) => [app, (await get<{ roles: { role: string; label: Label }[] }>(`/api/${app}/rights`)).roles] as const)
  return Object.fromEntries(await Promise.all(rights))
}

/** Departments as a tree in their order; one whose parent is gone stands at the top. */
export function treeOf(depts: Dept[]): DeptNode[] {
  const nodes = new Map<string, DeptNode>(depts.map((d) => [d.dept, { ...d, level: 1, children: [] }]))
  const roots: DeptNode[] = []
  for (const node of nodes.values()) (node.parent && nodes.get(node.parent) ? nodes.get(node.parent)!.children : roots).push(node)
  const settle = (list: DeptNode[], level: number): void => {
    list.sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
    for (const node of list) {
      node.level = level
      settle(node.children, level + 1)
    }
  }
  settle(roots, 1)
  return roots
}

export function flat(tree: DeptNode[]): DeptNode[] {
  return tree.flatMap((node) => [node, ...flat(node.children)])
}

/** A department and everything below it. */
export function below(tree: DeptNode[], dept: string): Set<string> {
  const found = flat(tree).find((n) => n.dept === dept)
  return new Set(found ? [found.dept, ...flat(found.children).map((n) => n.dept)] : [])
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz'
const DIGITS = '23456789'

/** Twelve signs that are not mistaken for each other, from the browser's own randomness. */
export function freshPassword(): string {
  const signs = LETTERS + LETTERS.toUpperCase() + DIGITS
  const bytes = crypto.getRandomValues(new Uint32Array(12))
  return [...bytes].map((n, i) => (i % 4 === 3 ? DIGITS[n % DIGITS.length] : signs[n % signs.length])).join('')
}
