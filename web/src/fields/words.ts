// The texts of the editors, once for all of them.
import messages from '@/i18n/fields'
import { register } from '@/i18n/t'

register(messages)
