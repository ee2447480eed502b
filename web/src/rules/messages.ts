// Which rule a fault belongs to, and the words the definition gives to it ("messages" of a field). The rows are those of
// runtime/model/message.c; the test of the doors compares what both say.
import type { FieldDef, Label } from '@/api/types'

const RULES: Record<string, keyof NonNullable<FieldDef['messages']>> = {
  required: 'required',
  too_long: 'length',
  too_short: 'length',
  below_min: 'range',
  above_max: 'range',
  too_few_rows: 'range',
  too_many_rows: 'range',
  pattern_mismatch: 'pattern',
  address_no_region: 'pattern',
  address_region: 'pattern',
  bad_geo: 'pattern',
  code128_characters: 'pattern',
  creditcode_characters: 'pattern',
  creditcode_check: 'pattern',
  creditcode_length: 'pattern',
  creditcode_place: 'pattern',
  ean13_check: 'pattern',
  ean13_digits: 'pattern',
  geo_lat: 'pattern',
  geo_lng: 'pattern',
  idcard_birth: 'pattern',
  idcard_characters: 'pattern',
  idcard_check: 'pattern',
  idcard_length: 'pattern',
  idcard_region: 'pattern',
  region_city: 'pattern',
  region_province: 'pattern',
  bad_phone: 'pattern',
  bad_email: 'pattern',
  bad_url: 'pattern',
  unique: 'unique',
  unique_together: 'unique',
  row_not_unique: 'unique',
  not_in_list: 'one_of',
  not_in_list_near: 'one_of',
  retired_value: 'one_of',
  not_an_option: 'one_of'
}

export function ownWords(field: FieldDef | undefined, code: string): Label | undefined {
  const rule = RULES[code]
  return rule && field?.messages?.[rule]
}
