// What is wrong in a folder served with --dev: heard by the shell for as long as an administrator is there, shown by every page.
import { shallowRef } from 'vue'
import { on } from '@/api/events'
import type { Finding } from './api'

export const devFindings = shallowRef<{ app: string; errors: Finding[] }>({ app: '', errors: [] })

on('findings', (data) => {
  const { app, findings } = data as { app: string; findings: Finding[] }
  devFindings.value = { app, errors: findings.filter((f) => f.severity === 'error') }
})
on('definition', () => (devFindings.value = { app: '', errors: [] }))
