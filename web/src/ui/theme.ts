// Light, dark or as the system says; comfortable or compact rows. public/theme.js applies the stored choice before first paint.
import { ref } from 'vue'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'comfortable' | 'compact'

const system = matchMedia('(prefers-color-scheme: dark)')
export const theme = ref<Theme>((localStorage.getItem('tenon.theme') as Theme | null) ?? 'system')
export const density = ref<Density>((localStorage.getItem('tenon.density') as Density | null) ?? 'comfortable')

function paint(): void {
  const dark = theme.value === 'dark' || (theme.value === 'system' && system.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.dataset.density = density.value
}

system.addEventListener('change', paint)
paint()

export function setTheme(next: Theme): void {
  theme.value = next
  if (next === 'system') localStorage.removeItem('tenon.theme')
  else localStorage.setItem('tenon.theme', next)
  paint()
}

export function setDensity(next: Density): void {
  density.value = next
  localStorage.setItem('tenon.density', next)
  paint()
}
