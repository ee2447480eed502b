// One row for each field type: its editor and the icon of its read view. Whoever shows a field asks here; a type that is
// not known here answers a box that says so.
import { type Component, defineAsyncComponent } from 'vue'
import BoolEditor from './BoolEditor.vue'
import CascadeEditor from './CascadeEditor.vue'
import DurationEditor from './DurationEditor.vue'
import EnumEditor from './EnumEditor.vue'
import LongTextEditor from './LongTextEditor.vue'
import NumberEditor from './NumberEditor.vue'
import PersonEditor from './PersonEditor.vue'
import RefEditor from './RefEditor.vue'
import RefsEditor from './RefsEditor.vue'
import TagsEditor from './TagsEditor.vue'
import TextEditor from './TextEditor.vue'
import UnknownEditor from './UnknownEditor.vue'

// What a first form seldom needs loads with the field that needs it; calendars weigh more than all other editors together.
const DateEditor = defineAsyncComponent(() => import('./DateEditor.vue'))
const RatingEditor = defineAsyncComponent(() => import('./RatingEditor.vue'))
const AddressEditor = defineAsyncComponent(() => import('./AddressEditor.vue'))
const GeoEditor = defineAsyncComponent(() => import('./GeoEditor.vue'))
const BarcodeEditor = defineAsyncComponent(() => import('./BarcodeEditor.vue'))
const RichTextEditor = defineAsyncComponent(() => import('./RichTextEditor.vue'))

export interface FieldKind {
  editor: Component
  icon?: string
  /** takes the width of the form */
  wide?: boolean
  /** its cells open a list, so typing searches */
  picks?: boolean
  /** its box may need more than one line */
  tall?: boolean
}

const KINDS: Record<string, FieldKind> = {
  text: { editor: TextEditor },
  longtext: { editor: LongTextEditor, wide: true, tall: true },
  integer: { editor: NumberEditor },
  decimal: { editor: NumberEditor },
  money: { editor: NumberEditor },
  percent: { editor: NumberEditor },
  bool: { editor: BoolEditor },
  date: { editor: DateEditor, icon: 'calendar' },
  datetime: { editor: DateEditor, icon: 'calendar' },
  time: { editor: DateEditor, icon: 'clock' },
  duration: { editor: DurationEditor, icon: 'clock' },
  enum: { editor: EnumEditor, picks: true },
  tags: { editor: TagsEditor, picks: true, tall: true },
  cascade: { editor: CascadeEditor, picks: true },
  phone: { editor: TextEditor, icon: 'phone' },
  email: { editor: TextEditor, icon: 'mail' },
  url: { editor: TextEditor, icon: 'link' },
  idcard: { editor: TextEditor },
  creditcode: { editor: TextEditor },
  rating: { editor: RatingEditor },
  region: { editor: CascadeEditor, picks: true },
  address: { editor: AddressEditor, wide: true, tall: true },
  geo: { editor: GeoEditor, tall: true },
  barcode: { editor: BarcodeEditor, tall: true },
  richtext: { editor: RichTextEditor, wide: true, tall: true },
  serial: { editor: TextEditor },
  ref: { editor: RefEditor, picks: true },
  refs: { editor: RefsEditor, picks: true, tall: true },
  user: { editor: PersonEditor, icon: 'user', picks: true },
  dept: { editor: PersonEditor, icon: 'users', picks: true }
}
const UNKNOWN: FieldKind = { editor: UnknownEditor, icon: 'warning' }

export function kindOf(type: string): FieldKind {
  return KINDS[type] ?? UNKNOWN
}
export function isKnown(type: string): boolean {
  return type in KINDS
}
