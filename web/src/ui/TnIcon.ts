// <TnIcon name="bell" />: the Lucide icons the product uses, imported one by one (ISC). 16 px unless told; always beside a
// word, or inside a button that has an aria-label.
import { type Component, type FunctionalComponent, h } from 'vue'
import {
  AlarmClock, ArrowDown, ArrowUp, Bell, Building2, Calendar, Check, ChevronDown, ChevronLeft, ChevronRight, ChevronUp, CircleHelp, Clock,
  Columns3, Contact, Copy, Download, Ellipsis, ExternalLink, Eye, EyeOff, FileText, FolderTree, GitBranch, History, House, Inbox, KeyRound,
  Kanban, LayoutGrid, Link, ListTodo, Lock, LogOut, Magnet, Mail, Megaphone, Menu, MessageSquare, Minus, Moon, Package, PanelLeft, Pencil,
  Phone, Plus, RefreshCw, RotateCcw, Save, Search, Send, Settings, ShieldCheck, ShoppingCart, SlidersHorizontal, Square, Sun, Tag, Target,
  Trash2, TriangleAlert, Undo2, Upload, User, UserPlus, Users, Waves, X
} from '@lucide/vue'

const ICONS: Record<string, Component> = {
  'alarm-clock': AlarmClock, 'arrow-down': ArrowDown, 'arrow-up': ArrowUp, bell: Bell, 'building-2': Building2, calendar: Calendar, check: Check,
  'chevron-down': ChevronDown, 'chevron-left': ChevronLeft, 'chevron-right': ChevronRight, 'chevron-up': ChevronUp, help: CircleHelp, clock: Clock,
  columns: Columns3, contact: Contact, copy: Copy, download: Download, more: Ellipsis, 'external-link': ExternalLink, eye: Eye, 'eye-off': EyeOff,
  'file-text': FileText, tree: FolderTree, 'git-branch': GitBranch, history: History, house: House, inbox: Inbox, key: KeyRound, kanban: Kanban,
  grid: LayoutGrid, link: Link, 'list-todo': ListTodo, lock: Lock, 'log-out': LogOut, magnet: Magnet, mail: Mail, megaphone: Megaphone, menu: Menu,
  'message-square': MessageSquare, minus: Minus, moon: Moon, package: Package, 'panel-left': PanelLeft, pencil: Pencil, phone: Phone, plus: Plus,
  refresh: RefreshCw, 'rotate-ccw': RotateCcw, save: Save, search: Search, send: Send, settings: Settings, shield: ShieldCheck,
  'shopping-cart': ShoppingCart, sliders: SlidersHorizontal, square: Square, sun: Sun, tag: Tag, target: Target, trash: Trash2,
  warning: TriangleAlert, undo: Undo2, upload: Upload, user: User, 'user-plus': UserPlus, users: Users, waves: Waves, x: X
}

/** Icons a form may name with `"icon"`; what is not known here is shown as a sheet. */
export const TnIcon: FunctionalComponent<{ name: string; size?: number }> = ({ name, size = 16 }) =>
  h(ICONS[name] ?? FileText, { size, strokeWidth: 1.75, class: 'tn-icon', 'aria-hidden': 'true' })
TnIcon.props = { name: { type: String, required: true }, size: { type: Number, default: 16 } }
