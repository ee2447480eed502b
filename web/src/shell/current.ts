// The app one is in: pages outside an app (settings, me) keep its menu.
import { ref, watch } from 'vue'

export const currentApp = ref<string | null>(localStorage.getItem('tenon.app'))
watch(currentApp, (app) => {
  if (app) localStorage.setItem('tenon.app', app)
})
