// Fields every record has (definitions.md): shown, filtered and sorted like the form's own.
import type { FieldDef, FormDef } from '@/api/types'

const SYSTEM: FieldDef[] = [
  { name: 'id', type: 'integer', label: { 'zh-CN': '记录号', en: 'Record id' } },
  { name: 'owner', type: 'user', label: { 'zh-CN': '负责人', en: 'Owner' } },
  { name: 'dept', type: 'dept', label: { 'zh-CN': '所属部门', en: 'Department' } },
  { name: 'created_at', type: 'datetime', label: { 'zh-CN': '创建时间', en: 'Created' } },
  { name: 'created_by', type: 'user', label: { 'zh-CN': '创建人', en: 'Created by' } },
  { name: 'updated_at', type: 'datetime', label: { 'zh-CN': '修改时间', en: 'Changed' } },
  { name: 'updated_by', type: 'user', label: { 'zh-CN': '修改人', en: 'Changed by' } }
]

/** A field of the form or a system field; undefined for a name the form does not have (or one may not see). */
export function anyField(form: FormDef, name: string): FieldDef | undefined {
  return form.fields.find((f) => f.name === name) ?? SYSTEM.find((f) => f.name === name)
}

/** What a list may show as columns and filter by: single values of the form, then the system fields. */
export function listFields(form: FormDef): FieldDef[] {
  return [...form.fields.filter((f) => f.type !== 'table' && f.type !== 'button'), ...SYSTEM.filter((f) => f.name !== 'id')]
}
