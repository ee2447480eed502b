// The pages of the settings, in the order of the menu; who looks after one app sees those of apps.
import { computed } from 'vue'
import { isAdmin } from '@/session'

const PAGES = [
  { page: 'people', icon: 'users' },
  { page: 'roles', icon: 'shield', ofApps: true },
  { page: 'flows', icon: 'stamp', ofApps: true },
  { page: 'definitions', icon: 'file-text', ofApps: true },
  { page: 'organisation', icon: 'building-2' },
  { page: 'tokens', icon: 'link', ofApps: true },
  { page: 'sessions', icon: 'user' },
  { page: 'audit', icon: 'eye' },
  { page: 'backup', icon: 'download' }
]

export const settingsPages = computed(() => PAGES.filter((one) => isAdmin.value || one.ofApps))
export const pageName = (page: string) => (page === 'definitions' ? 'definitions' : `admin-${page}`)
