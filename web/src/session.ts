// Who is logged in, which apps there are, and the effective definition of each app.
import { computed, reactive, shallowReactive } from 'vue'
import { call, del, get, post, seenAs, setCsrf, setSeenAs } from '@/api/client'
import { withLookups } from '@/api/lookups'
import type { AppDefinition, AppInfo, EnumDef, FieldDef, FormDef, Me } from '@/api/types'
import { lang, setLang } from '@/i18n/t'

interface Session {
  me: Me | null
  apps: AppInfo[]
}

export const session = reactive<Session>({ me: null, apps: [] })
const definitions = shallowReactive(new Map<string, AppDefinition>())
export const isAdmin = computed(() => session.me?.admin === true)
/** Apps whose definitions, roles and tokens are this person's to look after. */
export const administered = computed(() => session.apps.filter((a) => session.me?.admin || session.me?.administers?.includes(a.app)))
export const mayAdminister = computed(() => isAdmin.value || (session.me?.administers?.length ?? 0) > 0)

async function adopt(me: Me): Promise<void> {
  setCsrf(me.csrf)
  session.me = me
  session.apps = (await get<{ apps: AppInfo[] }>('/api/apps')).apps
}

/** Takes up the session of the cookie, if it still holds. */
export async function resume(): Promise<boolean> {
  try {
    const me = await get<Me>('/api/me')
    if (!localStorage.getItem('tenon.lang')) setLang(me.language)
    await adopt(me)
    return true
  } catch {
    session.me = null
    setSeenAs(null)
    return false
  }
}

/** The second step is given by `half` (of a problem totp_needed) and a code; what comes back are recovery codes, once. */
export async function logIn(given: { login: string; password: string } | { half: string; code: string }): Promise<string[]> {
  setSeenAs(null)
  const answer = await post<{ csrf: string; recovery?: string[] }>('/api/session', given)
  setCsrf(answer.csrf)
  await enter()
  return answer.recovery ?? []
}

async function enter(): Promise<void> {
  const me = await get<Me>('/api/me')
  if (!localStorage.getItem('tenon.lang')) setLang(me.language)
  await adopt(me)
}

export async function logOut(): Promise<void> {
  await del('/api/session').catch(() => undefined)
  forget()
}

export function forget(): void {
  setSeenAs(null)
  session.me = null
  session.apps = []
  definitions.clear()
  setCsrf('')
}

export async function switchLang(): Promise<void> {
  const next = lang.value === 'zh-CN' ? 'en' : 'zh-CN'
  setLang(next)
  if (session.me) await call('PATCH', '/api/me', { body: { language: next } }).catch(() => undefined)
}

/** Seen through somebody's eyes: the server refuses every change, so no verb offers one. */
function toLookAt(form: FormDef): FormDef {
  return { ...form, rights: { ...form.rights, create: false, update: false, delete: false, import: false, export: false }, transitions: [] }
}

/** A button is a field of the definition, yet nothing that has a value: lists, filters and imports never meet one. */
function apart(form: FormDef): FormDef {
  const buttons = form.fields.filter((f) => f.type === 'button')
  return buttons.length ? { ...form, fields: form.fields.filter((f) => f.type !== 'button'), buttons } : form
}

/** Everything read so far belongs to somebody else, hence the page is loaded anew. */
export function viewAs(as: string, label: string, app: string): void {
  setSeenAs({ as, label })
  location.assign(`/a/${app}`)
}
export function viewAsMyself(): void {
  setSeenAs(null)
  location.reload()
}

/** The built-in regions are 150 kB that never change: the browser keeps them by their address, not with each definition. */
async function whole(one: EnumDef): Promise<EnumDef> {
  return one.at ? get<EnumDef>(one.at) : one
}

/** Loads the definition of an app once; `fresh` after a publish. */
export async function loadApp(app: string, fresh = false): Promise<AppDefinition> {
  const known = definitions.get(app)
  if (known && !fresh) return known
  const loaded = withLookups(await get<AppDefinition>(`/api/${app}/definition`, { regions: 'apart' }))
  loaded.enums = await Promise.all(loaded.enums.map(whole))
  loaded.forms = loaded.forms.map(apart)
  if (seenAs) loaded.forms = loaded.forms.map(toLookAt)
  definitions.set(app, loaded)
  return loaded
}

/** A form that no role of this person's knows, and a task of whose records asks him: known from here on, to look at. */
export async function lendForm(app: string, from: string): Promise<void> {
  const lent = withLookups(await get<AppDefinition>(from))
  const known = definitions.get(app)
  const names = new Set(known?.enums.map((e) => e.enum))
  const enums = await Promise.all(lent.enums.filter((e) => !names.has(e.enum)).map(whole))
  const forms = lent.forms.map(apart)
  definitions.set(app, known ? { ...known, forms: [...known.forms, ...forms], enums: [...known.enums, ...enums] } : { ...lent, forms, enums })
}

export function appOf(app: string): AppDefinition | undefined {
  return definitions.get(app)
}

export function formOf(app: string, form: string): FormDef | undefined {
  return definitions.get(app)?.forms.find((f) => f.form === form)
}

export function enumOf(app: string, name: string): EnumDef | undefined {
  return definitions.get(app)?.enums.find((e) => e.enum === name)
}

export function fieldOf(form: FormDef, path: string): FieldDef | undefined {
  return form.fields.find((f) => f.name === path)
}
