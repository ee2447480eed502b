import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { ApiProblem } from '@/api/client'
import App from './App.vue'
import { router } from './router'
import './ui/base.css'
import './ui/tokens.css'
import './ui/theme'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // A refusal will not change by asking again; an unreachable server may come back.
      retry: (count, error) => !(error instanceof ApiProblem) && count < 2
    }
  }
})

// A page that was open while the server got a new build asks for files that are gone: it loads itself anew (what was typed is
// kept as a draft), where one was going, once; when that does not help, the error is shown.
let going = ''
router.beforeEach((to) => { going = router.resolve(to).href })
router.afterEach(() => { going = '' })
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('tenon.reloaded') ?? 0)
  if (Date.now() - last < 60_000) return
  sessionStorage.setItem('tenon.reloaded', String(Date.now()))
  event.preventDefault()
  if (going) location.assign(going)
  else location.reload()
})

// What staff see first is on its way while the server says who asks.
void import('./shell/AppShell.vue')

createApp(App).use(VueQueryPlugin, { queryClient: client }).use(router).mount('#app')
