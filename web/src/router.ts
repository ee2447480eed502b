// Addresses people see and share. Every page behind the login is a child of the shell; what a page shows (filter, sort,
// tab) lives in its query, so that links, back and saved views are one thing.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { whenSignedOut } from '@/api/client'
import { endEvents } from '@/api/events'
import { forget, isAdmin, mayAdminister, resume, session } from '@/session'
import { usePhone } from './ui/phone'

const app: RouteRecordRaw[] = [
  { path: '/a/:app', name: 'home', component: () => import('./pages/home/HomePage.vue') },
  { path: '/a/:app/:form', name: 'list', component: () => import('./pages/list/ListPage.vue') },
  { path: '/a/:app/:form/new', name: 'new', component: () => import('./pages/record/RecordPage.vue') },
  { path: '/a/:app/:form/import', name: 'import', component: () => import('./pages/import/ImportPage.vue') },
  { path: '/a/:app/:form/:id(\\d+)', name: 'record', component: () => import('./pages/record/RecordPage.vue') }
]

const admin: RouteRecordRaw = {
  path: '/admin',
  name: 'admin',
  component: () => import('./admin/AdminLayout.vue'),
  meta: { admin: true },
  redirect: () => ({ name: usePhone().value ? 'admin-menu' : 'admin-people' }),
  children: [
    { path: 'menu', name: 'admin-menu', component: () => import('./admin/AdminMenu.vue'), meta: { app: true } },
    { path: 'people', name: 'admin-people', component: () => import('./admin/PeoplePage.vue') },
    { path: 'roles/:app?', name: 'admin-roles', component: () => import('./admin/RolesPage.vue'), meta: { app: true } },
    { path: 'tokens', name: 'admin-tokens', component: () => import('./admin/TokensPage.vue'), meta: { app: true } },
    { path: 'sessions', name: 'admin-sessions', component: () => import('./admin/SessionsPage.vue') },
    { path: 'audit', name: 'admin-audit', component: () => import('./admin/AuditPage.vue') },
    { path: 'organisation', name: 'admin-organisation', component: () => import('./admin/OrganisationPage.vue') },
    { path: 'backup', name: 'admin-backup', component: () => import('./admin/BackupPage.vue') },
    { path: 'flows/:app?', name: 'admin-flows', component: () => import('./flow/FlowsPage.vue'), meta: { app: true } },
    { path: 'definitions/:app?', name: 'definitions', component: () => import('./definitions/DefinitionsPage.vue'), meta: { app: true } }
  ]
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
    {
      path: '/',
      component: () => import('./shell/AppShell.vue'),
      children: [
        { path: '', name: 'start', component: () => import('./pages/StartPage.vue') },
        { path: '/inbox', name: 'inbox', component: () => import('./pages/inbox/InboxPage.vue') },
        { path: '/me', name: 'me', component: () => import('./pages/MePage.vue') },
        { path: '/me/proxies', name: 'proxies', component: () => import('./pages/ProxiesPage.vue') },
        ...app,
        admin,
        // A designer has the whole window and a bar of its own.
        { path: '/admin/flows/:app/:flow', name: 'flow-designer', component: () => import('./flow/DesignerPage.vue'), meta: { admin: true, app: true, whole: true } },
        { path: '/:rest(.*)*', name: 'missing', component: () => import('./pages/MissingPage.vue') }
      ]
    }
  ]
})

let asked = false

router.beforeEach(async (to) => {
  if (!session.me && !asked) {
    asked = true
    await resume()
  }
  if (!session.me && !to.meta.open) return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  if (session.me && to.name === 'login') return { path: '/' }
  if (to.matched.some((r) => r.meta.admin) && !isAdmin.value && !(to.meta.app && mayAdminister.value))
    return mayAdminister.value && to.redirectedFrom?.name === 'admin' ? { name: 'definitions' } : { name: 'missing', params: { rest: ['admin'] } }
  return true
})

whenSignedOut(() => {
  if (!session.me) return
  forget()
  endEvents()
  const here = router.currentRoute.value
  void router.push({ name: 'login', query: { to: here.fullPath, again: '1' } })
})
