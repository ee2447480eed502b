// Runs before the first paint, so that a dark page never flashes white. ui/theme.ts writes what is read here.
(function () {
  var stored = null
  try { stored = localStorage.getItem('tenon.theme') } catch (e) { /* storage may be blocked */ }
  var dark = stored === 'dark' || (stored !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  document.documentElement.classList.toggle('dark', dark)
})()
