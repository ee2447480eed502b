// CodeMirror for one definition: JSON in the colours of our tokens, findings in the gutter, completion and help from the
// schemas. Loaded only when an editor is shown.
import { autocompletion, type Completion as CmCompletion, type CompletionContext, completionKeymap, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { bracketMatching, codeFolding, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers, tooltips } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { parseTree } from 'jsonc-parser'
import { labelOf, t } from '@/i18n/t'
import type { Finding } from './api'
import { complete, type Context } from './complete'
import { offsetOf, pathAt, rangeOf } from './places'
import { helpAt } from './schema'

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--tn-accent)' },
  { tag: tags.string, color: 'var(--tn-success)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--tn-warning)' },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: 'var(--tn-text-2)' },
  { tag: tags.invalid, color: 'var(--tn-danger)' }
])

const LOOK = EditorView.theme({
  '&': { height: '100%', color: 'var(--tn-text)', backgroundColor: 'var(--tn-bg-surface)', fontSize: 'var(--tn-fs-13)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused .cm-content': { boxShadow: 'inset 2px 0 0 var(--tn-accent)' },
  '.cm-scroller': { fontFamily: 'var(--tn-font-mono)', lineHeight: 'var(--tn-lh-13)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--tn-text)', padding: 'var(--tn-2) 0' },
  '.cm-cursor': { borderLeftColor: 'var(--tn-text)' },
  '.cm-gutters': { backgroundColor: 'var(--tn-bg-sunken)', color: 'var(--tn-text-3)', border: '0', borderRight: '1px solid var(--tn-line)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: 'var(--tn-8)', padding: '0 var(--tn-1)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--tn-bg-hover) 70%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--tn-bg-pressed)', color: 'var(--tn-text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--tn-accent-line)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--tn-accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--tn-accent-line)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--tn-danger-soft)', color: 'var(--tn-danger)' },
  '.cm-searchMatch': { backgroundColor: 'var(--tn-warning-soft)', outline: '1px solid var(--tn-warning-line)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--tn-warning-line)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--tn-bg-pressed)', border: '0', color: 'var(--tn-text-2)', padding: '0 var(--tn-1)', margin: '0 var(--tn-1)' },
  '.cm-tooltip': { backgroundColor: 'var(--tn-bg-raised)', color: 'var(--tn-text)', border: '1px solid var(--tn-line-strong)', borderRadius: 'var(--tn-r-m)', boxShadow: 'var(--tn-shadow-2)', fontSize: 'var(--tn-fs-13)', maxWidth: 'min(440px, 90vw)' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--tn-font)', maxHeight: '14em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: 'var(--tn-1) var(--tn-2)', lineHeight: 'var(--tn-lh-13)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--tn-bg-selected)', color: 'var(--tn-accent)' },
  '.cm-completionDetail': { color: 'var(--tn-text-3)', fontStyle: 'normal', marginLeft: 'var(--tn-2)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: 'var(--tn-w-strong)' },
  '.cm-completionInfo': { padding: 'var(--tn-2)', color: 'var(--tn-text-2)' },
  '.help': { padding: 'var(--tn-2) var(--tn-3)', fontFamily: 'var(--tn-font)' },
  '.cm-diagnostic': { fontFamily: 'var(--tn-font)', padding: 'var(--tn-2) var(--tn-3)', borderLeftWidth: '3px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--tn-danger)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--tn-warning)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--tn-danger)', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--tn-warning)', textUnderlineOffset: '3px' },
  '.cm-lint-marker': { content: 'none !important', width: 'var(--tn-2)', height: 'var(--tn-2)', margin: '6px 3px', borderRadius: '50%' },
  '.cm-lint-marker-error': { backgroundColor: 'var(--tn-danger)' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--tn-warning)', borderRadius: 'var(--tn-r-s)' },
  '.cm-panels': { backgroundColor: 'var(--tn-bg-sunken)', color: 'var(--tn-text)', borderColor: 'var(--tn-line)', fontFamily: 'var(--tn-font)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--tn-line)' },
  '.cm-panel.cm-search': { padding: 'var(--tn-2) var(--tn-8) var(--tn-2) var(--tn-3)', display: 'flex', flexWrap: 'wrap', gap: 'var(--tn-2)', alignItems: 'center' },
  '.cm-panel.cm-search br': { flexBasis: '100%', content: '""' },
  '.cm-textfield': { backgroundColor: 'var(--tn-bg-surface)', border: '1px solid var(--tn-line-control)', borderRadius: 'var(--tn-r-m)', minHeight: '28px', fontSize: 'var(--tn-fs-13)' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--tn-bg-surface)', border: '1px solid var(--tn-line-strong)', borderRadius: 'var(--tn-r-m)', color: 'var(--tn-text)', minHeight: '28px', fontSize: 'var(--tn-fs-13)' },
  '.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: 'var(--tn-1)', fontSize: 'var(--tn-fs-12)' },
  '.cm-panel.cm-search [name=close]': { color: 'var(--tn-text-2)', fontSize: 'var(--tn-fs-16)', minWidth: 'var(--tn-6)', minHeight: 'var(--tn-6)', cursor: 'pointer' }
})

export interface Hooks {
  label: string
  context: () => Context | null
  change: (text: string) => void
  cursor: (offset: number) => void
  save: () => void
  format: () => void
}

function suggest(hooks: Hooks) {
  return (cm: CompletionContext) => {
    const context = hooks.context()
    const before = cm.state.sliceDoc(Math.max(0, cm.pos - 1), cm.pos)
    if (!context || (!cm.explicit && !/["\w]/.test(before))) return null
    const found = complete(cm.state.doc.toString(), cm.pos, context)
    if (!found) return null
    const options = found.suggestions.map((s): CmCompletion => ({
      label: s.insert.startsWith('"') ? JSON.stringify(s.label) : s.label,
      displayLabel: s.label,
      detail: s.detail,
      info: s.help || undefined,
      apply: (view, _completion, from, to) => view.dispatch({ changes: { from, to, insert: s.insert }, selection: { anchor: from + s.cursor }, userEvent: 'input.complete' })
    }))
    return { from: found.from, to: found.to, options, validFor: /^"?[\w:.$-]*"?$/ }
  }
}

function helpOver(hooks: Hooks): Extension {
  return hoverTooltip((view, pos) => {
    const context = hooks.context()
    if (!context) return null
    const help = helpAt(context.schema, pathAt(view.state.doc.toString(), pos))
    if (!help) return null
    return {
      pos,
      create: () => {
        const dom = document.createElement('div')
        dom.className = 'help'
        dom.textContent = help
        return { dom }
      }
    }
  })
}

/** Words of the editor's own panels. */
const phrases = () => ({
  Find: t('def.find'), Replace: t('def.replaceWith'), next: t('def.next'), previous: t('def.previous'), all: t('def.selectAll'), 'match case': t('def.matchCase'),
  regexp: t('def.regexp'), 'by word': t('def.byWord'), replace: t('def.replace'), 'replace all': t('def.replaceAll'), close: t('close'), 'current match': t('def.currentMatch'),
  'on line': t('def.onLine'), 'replaced match on line $': t('def.replacedOn'), 'replaced $ matches': t('def.replacedN'), 'Folded lines': t('def.folded'),
  'Unfolded lines': t('def.unfolded'), 'folded code': t('def.foldedCode'), unfold: t('def.unfold'), 'Fold line': t('def.fold'), 'Unfold line': t('def.unfold'),
  Completions: t('def.completions'), Diagnostics: t('def.findings'), 'No diagnostics': t('def.noFindings'), 'Go to line': t('def.goToLine'), go: t('def.go')
})

function keys(hooks: Hooks): Extension {
  const run = (action: () => void) => () => {
    action()
    return true
  }
  return Prec.high(keymap.of([{ key: 'Mod-s', run: run(hooks.save), preventDefault: true }, { key: 'Shift-Alt-f', run: run(hooks.format) }]))
}

export function stateOf(text: string, hooks: Hooks, readOnly = false): EditorState {
  return EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(), lintGutter(), foldGutter({ markerDOM: foldMark }), codeFolding(), highlightActiveLine(), highlightActiveLineGutter(), history(), drawSelection(), bracketMatching(), closeBrackets(),
      indentOnInput(), indentUnit.of('  '), json(), syntaxHighlighting(COLOURS), search({ top: false }), highlightSelectionMatches(),
      autocompletion({ override: [suggest(hooks)], icons: false, maxRenderedOptions: 60 }), helpOver(hooks), tooltips({ position: 'fixed' }), LOOK,
      EditorState.readOnly.of(readOnly), EditorState.phrases.of(phrases()), EditorView.contentAttributes.of({ 'aria-label': hooks.label, tabindex: '0' }), keys(hooks),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) hooks.change(update.state.doc.toString())
        if (update.selectionSet || update.docChanged) hooks.cursor(update.state.selection.main.head)
      })
    ]
  })
}

function foldMark(open: boolean): HTMLElement {
  const mark = document.createElement('span')
  mark.textContent = open ? '⌄' : '›'
  mark.title = t(open ? 'def.fold' : 'def.unfold')
  return mark
}

/** Findings where they stand; the place of the pointer, else line and column. */
export function showFindings(view: EditorView, findings: Finding[]): void {
  const text = view.state.doc.toString()
  const root = parseTree(text)
  const diagnostics = findings.map((finding): Diagnostic => {
    const at = Math.min(offsetOf(text, finding.line, finding.column), text.length)
    const range = rangeOf(root, finding.pointer)
    const place = range && range.from <= at && at <= range.to ? range : { from: at, to: Math.min(at + 1, text.length) }
    const remedy = finding.remedy ? `\n${labelOf(finding.remedy)}` : ''
    return { ...place, severity: finding.severity, message: labelOf(finding.message) + remedy }
  })
  view.dispatch(setDiagnostics(view.state, diagnostics))
}

/** Takes over a text changed elsewhere: only what differs is exchanged, so that it can be undone and the cursor stays. */
export function takeText(view: EditorView, text: string): void {
  const old = view.state.doc.toString()
  if (old === text) return
  let from = 0
  while (from < old.length && old[from] === text[from]) from++
  let tail = 0
  while (tail < old.length - from && tail < text.length - from && old[old.length - 1 - tail] === text[text.length - 1 - tail]) tail++
  view.dispatch({ changes: { from, to: old.length - tail, insert: text.slice(from, text.length - tail) }, selection: { anchor: text.length - tail }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
}

export { COLOURS, EditorView, LOOK }
