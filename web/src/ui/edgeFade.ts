import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

/** Whether there is more to the right of what a sideways scroller shows: its edge fades there, so that nobody takes a cut for the end. */
export function useMoreRight(frame: Ref<HTMLElement | undefined>): Ref<boolean> {
  const more = ref(false)
  const look = () => {
    const el = frame.value
    more.value = Boolean(el) && el!.scrollLeft + el!.clientWidth < el!.scrollWidth - 1
  }
  const sizes = new ResizeObserver(look)
  watch(frame, (now, before) => {
    before?.removeEventListener('scroll', look)
    sizes.disconnect()
    if (!now) return
    now.addEventListener('scroll', look, { passive: true })
    sizes.observe(now)
    if (now.firstElementChild) sizes.observe(now.firstElementChild)
  }, { flush: 'post', immediate: true })
  onBeforeUnmount(() => sizes.disconnect())
  return more
}
