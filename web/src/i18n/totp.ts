import type { Messages } from './t'

// Two-step login: at the login itself, on one's own page, for administrators.
export default {
  'totp.on': ['两步登录已开启（{at}）', 'Two-step login is on since {at}'],
  'totp.what': ['登录时除了密码，还要输入手机上身份验证应用显示的六位代码。别人知道了密码，也登不进来。', 'Besides the password, a login asks for six digits that an authenticator app on your phone shows. Who learns your password still cannot log in.'],
  'totp.notAllowed': ['组织没有开放两步登录。', 'Your organisation does not use two-step login.'],
  'totp.mustKeep': ['组织要求你使用两步登录，不能关闭。要换一部手机，请管理员重置。', 'Your organisation requires two-step login, so it cannot be turned off. To change the phone, ask an administrator to reset it.'],
  'totp.begin': ['设置两步登录', 'Set up two-step login'],
  'totp.left': ['还有 {n} 个恢复代码', 'Recovery codes left: {n}'],
  'totp.scan': ['1. 用身份验证应用扫描这个二维码', '1. Scan this QR code with an authenticator app'],
  'totp.qr': ['身份验证应用的二维码', 'QR code for an authenticator app'],
  'totp.cannotScan': ['不能扫描时，在应用里输入这个密钥：', 'If you cannot scan it, type this key into the app:'],
  'totp.openHere': ['应用就在这部手机上？直接打开', 'Is the app on this phone? Open it'],
  'totp.copyKey': ['复制密钥', 'Copy key'],
  'totp.then': ['2. 输入应用显示的六位代码', '2. Type the six digits the app shows'],
  'totp.confirm': ['开启两步登录', 'Turn two-step login on'],
  'totp.saveCodes': ['保存恢复代码', 'Keep the recovery codes'],
  'totp.saveWhy': ['手机不在身边时，每个代码可以代替一次六位代码。它们只显示这一次，请存到手机以外的安全地方。', 'Without your phone, each of these works once in place of the six digits. They are shown only now; keep them somewhere safe other than the phone.'],
  'totp.copyCodes': ['复制代码', 'Copy codes'],
  'totp.saved': ['我已保存', 'I have kept them'],
  'totp.turnedOn': ['两步登录已开启，其他设备已退出', 'Two-step login is on; other devices are logged out'],
  'totp.turnOff': ['关闭两步登录', 'Turn two-step login off'],
  'totp.turnedOff': ['两步登录已关闭', 'Two-step login is off'],
  'totp.code': ['六位代码', 'Six digits'],
  'totp.codeOrRecovery': ['六位代码或恢复代码', 'Six digits, or a recovery code'],
  'totp.recovery': ['恢复代码', 'Recovery code'],
  'totp.enterCode': ['打开手机上的身份验证应用，输入它显示的代码。', 'Open the authenticator app on your phone and type the code it shows.'],
  'totp.enterRecovery': ['输入一个设置时保存的恢复代码，每个只能用一次。', 'Type one of the recovery codes you kept; each works once.'],
  'totp.useRecovery': ['手机不在身边？用恢复代码', 'No phone at hand? Use a recovery code'],
  'totp.useCode': ['用手机上的代码', 'Use the code on the phone'],
  'totp.back': ['换一个账号', 'Use another account'],
  'totp.must': ['你的组织要求先设置两步登录。', 'Your organisation asks you to set up two-step login first.']
} satisfies Messages
