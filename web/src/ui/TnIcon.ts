// <TnIcon name="bell" />: the Lucide icons the product uses, imported one by one (ISC). 16 px unless told; always beside a
// word, or inside a button that has an aria-label.
import { type Component, type FunctionalComponent, h } from 'vue'
import {
  AlarmClock, Archive, ArrowDown, ArrowUp, Bell, BookOpen, Building2, Calculator, Calendar, CalendarClock, Check, ChevronDown,
  ChevronLeft, ChevronRight, ChevronUp, CircleDot, CircleHelp, CircleSlash, Clock, Columns3, Contact, Copy, Download, Ellipsis, ExternalLink, Eye,
  Bold, Eraser, Heading, Italic, List, ListOrdered, LocateFixed, Quote, ScanLine, Strikethrough, Underline, FilePen, FileText, Flag, FolderTree, GitBranch, Handshake, History, House, Inbox, Kanban, KeyRound, LayoutGrid, Lightbulb, Link, ListFilter,
  ListTodo, Lock, LogOut, Magnet, Mail, Megaphone, Menu, MessageSquare, MessageSquareWarning, Minus, Moon, Package, PanelLeft, Pencil,
  ArrowLeft, ArrowRight, CircleX, CornerUpLeft, GitCompare, GitFork, Info, Maximize, Play, Redo2, Split, TextCursor, Workflow,
  Phone, Plus, Receipt, RefreshCw, RotateCcw, Save, Scale, Search, Send, Settings, ShieldCheck, ShoppingCart, SlidersHorizontal, Square,
  Stamp, Star, Sun, Swords, Tag, Target, Trash2, TriangleAlert, Undo2, Upload, User, UserPlus, Users, Wallet, Waves, X, Zap
} from '@lucide/vue'

const ICONS: Record<string, Component> = {
  'arrow-left': ArrowLeft, 'arrow-right': ArrowRight, 'circle-x': CircleX, 'corner-up-left': CornerUpLeft, 'git-compare': GitCompare, 'git-fork': GitFork,
  info: Info, maximize: Maximize, play: Play, redo: Redo2, split: Split, 'text-cursor': TextCursor, workflow: Workflow,
  'alarm-clock': AlarmClock, archive: Archive, 'arrow-down': ArrowDown, 'arrow-up': ArrowUp, bell: Bell, 'book-open': BookOpen,
  'building-2': Building2, calculator: Calculator, calendar: Calendar, 'calendar-clock': CalendarClock, check: Check,
  'chevron-down': ChevronDown, 'chevron-left': ChevronLeft, 'chevron-right': ChevronRight, 'chevron-up': ChevronUp, 'circle-dot': CircleDot, clock: Clock,
  columns: Columns3, contact: Contact, copy: Copy, download: Download, 'external-link': ExternalLink, eye: Eye,
  'file-pen': FilePen, 'file-text': FileText, filter: ListFilter, flag: Flag, 'git-branch': GitBranch, grid: LayoutGrid, handshake: Handshake,
  bold: Bold, eraser: Eraser, heading: Heading, italic: Italic, list: List, 'list-ordered': ListOrdered, locate: LocateFixed,
  quote: Quote, scan: ScanLine, strike: Strikethrough, underline: Underline, help: CircleHelp, history: History, house: House, inbox: Inbox, kanban: Kanban, key: KeyRound, lightbulb: Lightbulb, link: Link,
  'list-todo': ListTodo, lock: Lock, 'log-out': LogOut, magnet: Magnet, mail: Mail, megaphone: Megaphone, menu: Menu,
  'message-square': MessageSquare, 'message-warning': MessageSquareWarning, minus: Minus, moon: Moon, more: Ellipsis, package: Package,
  'panel-left': PanelLeft, pencil: Pencil, phone: Phone, plus: Plus, receipt: Receipt, refresh: RefreshCw, 'rotate-ccw': RotateCcw,
  save: Save, scale: Scale, search: Search, send: Send, settings: Settings, shield: ShieldCheck, 'shopping-cart': ShoppingCart, skip: CircleSlash,
  sliders: SlidersHorizontal, square: Square, stamp: Stamp, star: Star, sun: Sun, swords: Swords, tag: Tag, target: Target,
  trash: Trash2, tree: FolderTree, undo: Undo2, upload: Upload, user: User, 'user-plus': UserPlus, users: Users, wallet: Wallet,
  warning: TriangleAlert, waves: Waves, x: X, zap: Zap
}

/** Icons a form may name with `"icon"`; what is not known here is shown as a sheet. */
export const TnIcon: FunctionalComponent<{ name: string; size?: number }> = ({ name, size = 16 }) =>
  h(ICONS[name] ?? FileText, { size, strokeWidth: 1.75, class: 'tn-icon', 'aria-hidden': 'true' })
TnIcon.props = { name: { type: String, required: true }, size: { type: Number, default: 16 } }
