declare module 'virtual:rules-wasm' {
  /** address of the module, or null in a build without it */
  const url: string | null
  export default url
}
declare module 'virtual:rules-words' {
  const words: Record<string, [zh: string, en: string]>
  export default words
}
