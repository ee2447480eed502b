// Is this a phone-wide window? One media query shared by every page.
import { readonly, ref } from 'vue'

const narrow = matchMedia('(max-width: 767px)')
const phone = ref(narrow.matches)
narrow.addEventListener('change', () => (phone.value = narrow.matches))

export const usePhone = () => readonly(phone)
